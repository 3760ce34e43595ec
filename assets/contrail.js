/** Saves clicks on our pages; everything works without it. It changes no content under the reader but the ages of times. */
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

function ageText(age) {
  if (age < MINUTE) return 'just now';
  if (age < HOUR) return `${Math.floor(age / MINUTE)} min`;
  if (age < 48 * HOUR) return `${Math.floor(age / HOUR)} h`;
  return age < 60 * DAY ? `${Math.floor(age / DAY)} d` : undefined;
}

/** Of this machine's clock only the time since the page came is used, which may be wrong otherwise. */
const shownAt = performance.now();
const madeAt = Date.parse(document.querySelector('footer time')?.dateTime ?? '');

function every(ms, doIt) {
  doIt();
  setTimeout(() => every(ms, doIt), ms);
}

function refreshAges() {
  const now = madeAt + performance.now() - shownAt;
  for (const time of document.querySelectorAll('time[data-age]')) {
    const text = ageText(now - Date.parse(time.dateTime));
    if (text === undefined || Number.isNaN(now) || now < Date.parse(time.dateTime)) continue;
    time.textContent = time.dataset.age === 'ago' && text !== 'just now' ? `${text} ago` : text;
  }
}

/** Filters apply when one is changed; texts when Enter is pressed. */
function submitOnChange() {
  for (const form of document.querySelectorAll('form.bar')) {
    form.addEventListener('change', (event) => {
      if (event.target.matches('select, input[type=checkbox], input[type=radio]')) form.requestSubmit();
    });
  }
}

/** Empty filters stay out of the address. */
function shortenAddresses() {
  for (const form of document.querySelectorAll('form[method=get]')) {
    form.addEventListener('formdata', ({ formData }) => {
      const empty = Array.from(formData.entries()).filter(([, value]) => value === '');
      for (const [name] of empty) formData.delete(name);
    });
  }
}

/** `/` goes to the find field, as on other sites. */
function focusFind() {
  document.addEventListener('keydown', (event) => {
    const isTyping = event.target.closest('input, textarea, select, [contenteditable]') !== null;
    if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    document.getElementById('find')?.focus();
  });
}

function copyLinks() {
  for (const button of document.querySelectorAll('button[data-copy]')) {
    button.hidden = false;
    button.addEventListener('click', () => {
      const copied = navigator.clipboard.writeText(new URL(button.dataset.copy, location.href).href);
      void copied.then(() => (button.textContent = 'Copied'));
    });
  }
}

/** Says that something has changed; the reader decides when to reload. */
function watchForChanges() {
  const notice = document.getElementById('notice');
  let tag;
  let changes = 0;
  const lookAgain = async () => {
    if (document.visibilityState !== 'visible') return;
    const headers = tag === undefined ? {} : { 'if-none-match': tag };
    const reply = await fetch('/api/v1/health?fields=version', { headers, cache: 'no-store' }).catch(() => undefined);
    if (reply?.status !== 200) return;
    if (tag !== undefined) changes += 1;
    tag = reply.headers.get('etag') ?? undefined;
    if (changes === 0) return;
    const since = new Date(madeAt).toISOString().slice(11, 16);
    const link = document.createElement('a');
    link.href = location.href;
    link.textContent = 'Reload';
    notice.replaceChildren(`${changes === 1 ? '1 change' : `${changes} changes`} since ${since} UTC. `, link);
    notice.hidden = false;
  };
  every(30_000, () => void lookAgain());
}

every(MINUTE, refreshAges);
submitOnChange();
shortenAddresses();
focusFind();
copyLinks();
if (document.body.querySelector('[data-watch]') !== null) watchForChanges();
addEventListener('beforeprint', () => {
  for (const details of document.querySelectorAll('details')) details.open = true;
});
