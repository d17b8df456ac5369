// Keeps the overview as it is now, without a reload: what has changed is renewed, and focus and open numbers stay.
const state = document.getElementById('live-state');
const source = new EventSource('/live-overview');

source.onopen = () => say('Live');
source.onerror = () => {
  if (source.readyState === EventSource.CLOSED) say('No longer live. ', true);
  else say('Not live just now; trying again. ', true);
};
source.onmessage = ({ data }) => {
  const fresh = document.createElement('template');
  fresh.innerHTML = JSON.parse(data);
  const focused = document.activeElement?.id;
  for (const { id } of document.querySelectorAll('#live details[open]')) {
    const part = fresh.content.getElementById(id);
    if (part) part.open = true;
  }
  renew(document.getElementById('live'), fresh.content.firstElementChild);
  if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus({ preventScroll: true });
  say('Live');
};

// Descends to the smallest pieces with an id that differ; these keep their element, so that readers hear of them.
function renew(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  const [olds, freshes] = [[...old.children], [...fresh.children]];
  const samePieces = olds.length === freshes.length && olds.every(({ id }, index) => id && id === freshes[index].id);
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  if (samePieces && olds.length > 0) for (const [index, piece] of olds.entries()) renew(piece, freshes[index]);
  else old.replaceChildren(...fresh.childNodes);
}

function say(text, reload = false) {
  if (state.textContent.startsWith(text.trim()) && !reload) return;
  state.replaceChildren(text);
  if (!reload) return;
  const link = document.createElement('a');
  link.href = '/';
  link.textContent = 'Reload';
  state.append(link);
}
