/** The entries of the navigation. */

export const SECTIONS = [
  { path: '/', name: 'Health' },
  { path: '/runs', name: 'Runs' },
  { path: '/errors', name: 'Errors' },
  { path: '/cost', name: 'Cost' },
  { path: '/enrollments', name: 'Enrollments' },
  { path: '/alerts', name: 'Alerts' },
  { path: '/queues', name: 'Queues' },
] as const;

export type SectionPath = (typeof SECTIONS)[number]['path'];
