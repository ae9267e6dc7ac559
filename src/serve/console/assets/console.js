// What a page without scripts lacks: copying, and exchanges that appear as they happen.
'use strict';

// Buttons that copy the code beside them.
for (const button of document.querySelectorAll('button.copy')) {
  if (!navigator.clipboard) break;
  button.hidden = false;
  const label = button.textContent;
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(button.closest('figure').querySelector('code').textContent);
    button.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = label; }, 2000);
  });
}

// The list of exchanges: rows come as server-sent events.
const bar = document.querySelector('[data-live]');
if (bar && window.EventSource) {
  const [state, toggle, said] = [bar.querySelector('.state'), bar.querySelector('.toggle'), bar.querySelector('[role=status]')];
  const words = bar.dataset;
  const most = 200;
  let source = null;
  let paused = false;
  let after = new URL(words.live, location.href).searchParams.get('after');

  const show = (className, text) => {
    bar.className = 'live ' + className;
    state.textContent = text;
    toggle.textContent = paused ? words.resume : words.pause;
    toggle.setAttribute('aria-pressed', String(paused));
  };
  const add = (event) => {
    after = event.lastEventId;
    if ('fresh' in words) { location.reload(); return; }
    const list = document.querySelector('.list');
    const body = list.querySelector('tbody');
    const holder = document.createElement('template');
    holder.innerHTML = event.data;
    const row = holder.content.querySelector('tr');
    if (!row || document.getElementById(row.id)) return;
    row.classList.add('new');
    list.hidden = false;
    body.prepend(row);
    while (body.rows.length > most) body.deleteRow(-1);
    said.textContent = row.dataset.said;
  };
  const stop = () => { if (source) source.close(); source = null; };
  const start = () => {
    stop();
    const address = new URL(words.live, location.href);
    address.searchParams.set('after', after);
    source = new EventSource(address);
    source.addEventListener('open', () => show('on', words.on));
    source.addEventListener('error', () => show('lost', words.lost));
    source.addEventListener('exchange', add);
    source.addEventListener('missed', () => show('lost', words.missed));
  };
  toggle.addEventListener('click', () => {
    paused = !paused;
    if (paused) { stop(); show('off', words.off); } else { start(); show('on', words.on); }
  });
  // A browser keeps few connections to one host: pages in the background give theirs back.
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) stop(); else if (!paused) start();
  });
  bar.hidden = false;
  show('on', words.on);
  if (!document.hidden) start();
}
