// The steps of a purchase with their times, and the log of what was said.

import { $, h, put } from './dom.js';
import { clock, t } from './text.js';

export const steps = ['scan', 'authorize', 'unlock', 'take', 'close', 'weigh', 'settle', 'collect'];

const reached = new Map(); // step → when it was over

// mark notes that a step is over; what came before it is over too.
export function mark(step) {
  const now = performance.now();
  for (const earlier of steps.slice(0, steps.indexOf(step) + 1)) {
    if (!reached.has(earlier)) reached.set(earlier, now);
  }
  drawWalk();
}

export function clearWalk() {
  reached.clear();
  drawWalk();
}

export function drawWalk() {
  const began = reached.get('scan');
  const current = steps.find((step) => !reached.has(step));
  $('walk').replaceChildren(...steps.map((step, i) => {
    const at = reached.get(step);
    const seconds = at === undefined ? '' : ((at - began) / 1000).toFixed(1);
    const state = at !== undefined ? 'over' : step === current && i > 0 ? 'now' : 'later';
    return h('li.' + state, { 'aria-current': state === 'now' ? 'step' : null, title: seconds && t('after_scan', { s: seconds }) },
      h('span.dot', { 'aria-hidden': 'true' }, at !== undefined ? '✓' : String(i + 1)),
      h('span.name', t('step_' + step)),
      h('span.when', seconds && i > 0 ? '+' + seconds + ' s' : ''));
  }));
}

const keep = 60;

// note adds a line to the log.
export function note(method, path, result, took) {
  const log = $('log');
  const bad = result === 'network' || result >= 400;
  log.prepend(h(bad ? 'li.bad' : 'li',
    h('time', clock(Date.now())),
    h('code', method + ' ' + shorten(path)),
    h('span', String(result) + (took === undefined ? '' : ' · ' + Math.round(took) + ' ms'))));
  while (log.children.length > keep) log.lastChild.remove();
}

const shorten = (path) => path.replace(/[A-Za-z0-9]{24,}/, (token) => token.slice(0, 8) + '…');

export function setMini(text) {
  put($('mini'), text);
}
