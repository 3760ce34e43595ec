/** What the browser shows beside the title: two trails that meet. */
export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" fill="none" stroke="#0b7a75" stroke-width="4" stroke-linecap="round"><path d="M4 26 26 6M4 16 20 6"/></svg>`;
