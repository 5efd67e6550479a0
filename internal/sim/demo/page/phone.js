// The right side: the shopper's phone. What it does, it does through the public API.

import { $, h, put, say } from './dom.js';
import { Problem, call, follow, wait } from './api.js';
import { clearWalk, mark, setMini } from './walk.js';
import { clock, hasText, localName, localPlace, t, yuan } from './text.js';
import * as cabinet from './cabinet.js';
import { drawEnd } from './receipt.js';

let fleet = null;
let person = null; // whose phone it is
let screen = { name: 'home' }; // what is on it
let visit = null; // the newest view of the visit under way
let page = null; // the order on the provider's page
let busy = false; // an answer is awaited: buttons do nothing
let stop = new AbortController(); // ends the stream of the visit
const tokens = new Map(); // by person

export function setUp(view) {
  fleet = view;
  setInterval(tick, 500);
  become(view.people[0].id);
}

// become hands the phone to somebody.
export function become(id) {
  person = fleet.people.find((candidate) => candidate.id === id);
  leaveVisit();
  put($('owner'), localName(person));
  go({ name: 'home' });
  resume();
}

// resume picks up a visit that is under way: the platform knows, the phone need not remember.
async function resume() {
  const owner = person;
  try {
    const visits = await history(8);
    if (owner !== person || screen.name !== 'home') return;
    const live = visits.find((candidate) => candidate.state !== 'ended' && candidate.state !== 'review');
    if (live) watch(live);
    else go({ name: 'home', visits });
  } catch (error) {
    trouble(error);
  }
}

export async function history(limit) {
  const answer = await ask('GET', `/v1/sessions?limit=${limit}`);
  return Array.isArray(answer) ? answer : answer?.sessions ?? answer?.items ?? [];
}

// ask calls the API as the phone's owner, and signs in where that is needed.
async function ask(method, path, options = {}) {
  for (const again of [true, false]) {
    if (!tokens.has(person.id)) await signIn();
    try {
      return await call(method, path, { ...options, token: tokens.get(person.id) });
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 401 || !again) throw error;
      tokens.delete(person.id);
    }
  }
  return null;
}

// signIn does what a mini-program does: wx.login gives a code, the platform a token for it.
async function signIn() {
  const owner = person.id;
  const login = await call('POST', `/demo/people/${owner}/code`);
  const { token } = await call('POST', '/v1/customers/sign-in', { body: login });
  tokens.set(owner, token);
}

// once runs what a button does, one thing at a time, and shows what went wrong.
function once(action) {
  return async () => {
    if (busy) return;
    busy = true;
    hideTrouble();
    try {
      await action();
    } catch (error) {
      trouble(error);
    } finally {
      busy = false;
    }
  };
}

// trouble shows a refusal in words.
export function trouble(error) {
  if (error?.name === 'AbortError') return;
  const code = error instanceof Problem ? error.code : 'other';
  const key = hasText('problem_' + code) ? 'problem_' + code : 'problem_other';
  if (!(error instanceof Problem)) console.error(error);
  const box = $('trouble');
  box.hidden = false;
  put(box, t(key, { code, ...(error.params ?? {}) }));
  clearTimeout(trouble.timer);
  trouble.timer = setTimeout(hideTrouble, 7000);
}

function hideTrouble() {
  $('trouble').hidden = true;
}

// What the phone does.

async function scan(chosen) {
  clearWalk();
  cabinet.show(chosen.serial);
  go({ name: 'scanning', cabinet: chosen });
  try {
    const found = await ask('GET', '/v1/doors/' + chosen.token);
    mark('scan');
    go({ name: 'inside', cabinet: chosen, found });
  } catch (error) {
    go({ name: 'home' });
    resume();
    throw error;
  }
}

async function start(chosen) {
  const body = { door_token: chosen.token, provider: fleet.provider };
  const begun = await ask('POST', '/v1/sessions', { body, key: crypto.randomUUID() });
  watch(begun);
}

async function confirm() {
  await call('POST', `/demo/provider/orders/${page.number}/confirm`);
  mark('authorize');
  go({ name: 'visit' });
}

async function leave() {
  take(await ask('POST', `/v1/sessions/${visit.id}/cancel`));
}

// watch follows a visit live; every two seconds without a word it asks.
function watch(first) {
  leaveVisit();
  stop = new AbortController();
  const { signal } = stop;
  const { id } = first;
  const here = fleet.cabinets.find((candidate) => candidate.id === first.cabinet_id);
  if (here) cabinet.show(here.serial);
  mark('scan');
  take(first);
  const on = (view) => { if (!signal.aborted && view.id === id) take(view); };
  follow(`/v1/sessions/${id}/live`, { token: tokens.get(person.id), signal, on });
  poll(id, signal, on);
}

async function poll(id, signal, on, every = 2000) {
  for (;;) {
    await wait(every, signal);
    if (signal.aborted) return;
    try {
      const view = await ask('GET', '/v1/sessions/' + id);
      if (visit?.id === id && view.version > visit.version) on(view); // it knows no basket of an open door
    } catch { /* the stream says more, and the next round asks again */ }
  }
}

// reopen shows a visit of the past, or goes on with one that is under way.
async function reopen(view) {
  clearWalk();
  if (view.state !== 'ended') return watch(view);
  leaveVisit();
  visit = view;
  return finish();
}

function leaveVisit() {
  stop.abort();
  visit = null;
  page = null;
  setMini('');
}

// take lets a newer view of the visit in.
function take(view) {
  if (visit && visit.id === view.id && view.version < visit.version) return;
  const before = visit;
  visit = view;
  progress(before);
  if (view.phone && !page && view.state === 'awaiting') raise(view);
  if (view.state === 'ended' || view.state === 'review') return finish();
  if (screen.name !== 'provider' || view.state !== 'awaiting') go({ name: 'visit' });
  else redraw();
}

// progress moves the steps along and brings the right half of the page into view.
function progress(before) {
  const state = visit.state;
  const changed = before?.state !== state;
  if (changed && state === 'opening') mark('authorize');
  if (state === 'open' || state === 'weighing') mark('unlock');
  if (visit.basket?.lines?.length) mark('take');
  if (state === 'weighing') mark('close');
  if (visit.outcome === 'charged') mark('settle');
  if (visit.payment?.state === 'captured') mark('collect');
  if (changed && state === 'opening') showView('cabinet');
  if (changed && (state === 'weighing' || state === 'review')) showView('phone');
  const count = (visit.basket?.lines ?? []).reduce((sum, line) => sum + line.count, 0);
  const total = yuan(visit.basket?.total_fen ?? 0);
  setMini(state === 'open' ? t('estimated') + ' ' + total : t('state_' + state));
  if (state === 'open' && JSON.stringify(before?.basket?.lines) !== JSON.stringify(visit.basket?.lines)) {
    say(t('basket_say', { n: count, total }));
  }
}

export function showView(name) {
  document.body.dataset.view = name;
  for (const button of document.querySelectorAll('.switch button')) {
    button.setAttribute('aria-pressed', String(button.dataset.show === name));
  }
}

// raise opens the provider's page, as wx.openBusinessView does.
async function raise(view) {
  page = {};
  try {
    page = await call('POST', '/demo/provider/page', { body: view.phone });
    go({ name: 'provider' });
  } catch (error) {
    page = null;
    trouble(error);
  }
}

// finish shows how it ended. The stream ends with the visit; what becomes of the money is asked for.
async function finish() {
  const { id } = visit;
  if (visit.state === 'ended') {
    stop.abort();
    stop = new AbortController();
    if (!['captured', 'released'].includes(visit.payment?.state)) poll(id, stop.signal, take, 600);
  }
  try {
    const receipt = visit.state === 'ended' ? await ask('GET', `/v1/sessions/${id}/receipt`) : null;
    if (visit?.id === id) go({ name: 'end', receipt });
  } catch (error) {
    trouble(error);
    go({ name: 'end', receipt: null });
  }
}

// What is on the screen.

const screens = { home, scanning, inside, provider, visit: during, end };

function go(next) {
  const same = next.name === screen.name && next.name === 'end';
  const top = same ? $('screen').scrollTop : 0;
  screen = next;
  redraw();
  $('screen').scrollTop = top;
}

let shape = '';

// redraw draws the screen; one that has kept its shape is only filled in again, so that the focus
// stays where it is.
export function redraw(anew = false) {
  const draw = screens[screen.name];
  const now = screen.name + (screen.name === 'visit' ? visit.state : '');
  if (now === shape && !anew && screen.name === 'visit') return fill();
  shape = now;
  $('screen').replaceChildren(draw());
  if (screen.name === 'visit') fill();
  tick();
}

function home() {
  const doors = fleet.cabinets.map((chosen) => h('button.door', { type: 'button', onclick: once(() => scan(chosen)) },
    h('span.qr', { 'aria-hidden': 'true' }), h('span.where', h('b', localName(chosen)), h('small', localPlace(chosen))), h('span.go', { 'aria-hidden': 'true' }, '›')));
  const visits = screen.visits ?? [];
  return h('div.page', h('h2', t('home_title')), h('p.hint', t('home_hint')), h('div.doors', doors),
    h('h3', t('history')),
    visits.length ? h('ul.history', visits.map(past)) : h('p.hint', t('history_none')));
}

function past(view) {
  const place = fleet.cabinets.find((candidate) => candidate.id === view.cabinet_id);
  const word = view.outcome ? t(view.outcome) : t('state_' + view.state);
  const amount = view.outcome === 'charged' ? yuan(view.payment.captured_fen || view.payment.amount_fen) : '';
  return h('li', h('button', { type: 'button', onclick: once(() => reopen(view)) },
    h('span.where', h('b', word), h('small', [place && localName(place), clock(view.created_ms)].filter(Boolean).join(' · '))), h('span.amount', amount)));
}

function scanning() {
  return h('div.page.center', h('div.spinner', { 'aria-hidden': 'true' }), h('p', { role: 'status' }, t('scanning')));
}

const reasons = { taken: 'taken', offline: 'not_there', not_ready: 'not_ready' };

function inside() {
  const { cabinet: chosen, found } = screen;
  const { door, slots } = found;
  const word = door.sellable ? t('ready') : t(reasons[door.reason] ?? 'not_ready');
  const action = door.sellable
    ? h('button.wechat', { type: 'button', onclick: once(() => start(chosen)) }, t('authorize'))
    : h('button.primary', { type: 'button', onclick: once(() => scan(chosen)) }, t('again'));
  return h('div.page.tall',
    bar(),
    h('h2', localName(chosen)), h('p.hint', localPlace(chosen)),
    h(door.sellable ? 'p.badge.good' : 'p.badge.bad', { role: 'status' }, (door.sellable ? '✓ ' : '! ') + word),
    h('h3', t('inside')),
    h('ul.slots', slots.map((slot) => h('li',
      h('span.picture', { 'aria-hidden': 'true' }, cabinet.laneById(slot.lane_id)?.picture ?? '📦'),
      h('span.name', localName(slot)), h('span.amount', yuan(slot.price_fen))))),
    h('div.bottom', h('p.hint', t('authorize_hint')), action));
}

function bar() {
  return h('button.plain.up', { type: 'button', onclick: goHome }, '‹ ' + t('back_home'));
}

export function goHome() {
  leaveVisit();
  clearWalk();
  go({ name: 'home' });
  resume();
}

function provider() {
  return h('div.page.wx',
    h('p.sandbox', t('wx_sandbox')),
    h('div.wx-mark', { 'aria-hidden': 'true' }, '✓'),
    h('h2', t('wx_title')), h('p.hint', t('wx_merchant')),
    h('p.ceiling', h('small', t('wx_ceiling')), ' ' + yuan(page?.ceiling ?? visit.payment.ceiling_fen)),
    h('dl', h('dt', t('wx_service')), h('dd', t('wx_service_value')), h('dt', t('wx_place')), h('dd', page?.place ?? '')),
    h('p.hint', t('wx_ceiling_hint')),
    h('div.bottom',
      h('p.hint.countdown', { id: 'countdown' }),
      h('button.wechat', { type: 'button', onclick: once(confirm) }, t('wx_confirm')),
      h('button.plain', { type: 'button', onclick: once(leave) }, t('wx_leave'))));
}

// during is everything between consent and receipt.
function during() {
  const state = visit.state;
  if (state === 'open' || state === 'weighing') return shopping(state);
  return h('div.page.center', h('div.spinner', { id: 'waiting', 'aria-hidden': 'true' }), h('span.mark.pull', { id: 'ready', 'aria-hidden': 'true' }, '⇤'),
    h('h2', { id: 'headline', 'aria-live': 'polite' }), h('p.hint', { id: 'subline' }),
    state === 'opening' && h('button.primary.narrow', { type: 'button', onclick: () => showView('cabinet') }, t('to_cabinet')));
}

function shopping(state) {
  const weighing = state === 'weighing';
  return h('div.page.tall',
    h('div.live-head', h('h2', { 'aria-live': 'polite' }, t(weighing ? 'weighing' : 'shopping')), h('span.badge.estimate', t('estimated'))),
    h('p.hint', t(weighing ? 'weighing_hint' : 'basket_hint')),
    weighing && h('div.settling', { 'aria-hidden': 'true' }, h('i'), h('i'), h('i'), h('i'), h('i')),
    h('div.basket', { id: 'basket', 'aria-live': 'polite' }),
    h('div.bottom', h('p.sum', h('span', t('total'), ' · ', t('estimated')), h('b', { id: 'total' })), h('p.hint', { id: 'countdown' }),
      !weighing && h('button.primary.narrow', { type: 'button', onclick: () => showView('cabinet') }, t('cabinet'))));
}

// fill writes what changes while the screen stays.
function fill() {
  const { state } = visit;
  if ($('headline')) {
    const released = state === 'opening' && visit.door_state === 'opening';
    $('waiting').hidden = released;
    $('ready').hidden = !released;
    put($('headline'), t(released ? 'released' : state === 'opening' ? 'unlocking' : 'asking'));
    put($('subline'), t(released ? 'door_opening_hint' : state === 'opening' ? 'unlocking_hint' : 'authorize_hint'));
  }
  if (!$('basket')) return;
  fillBasket($('basket'), visit.basket?.lines ?? []);
  put($('total'), yuan(visit.basket?.total_fen ?? 0));
}

// fillBasket touches only the lines that have changed, so that those who listen hear what is new.
function fillBasket(box, lines) {
  if (!lines.length) {
    if (!box.querySelector('.none')) box.replaceChildren(h('p.none', t('basket_empty')));
    return;
  }
  if (!box.querySelector('ul')) box.replaceChildren(h('ul.slots'));
  const list = box.querySelector('ul');
  const known = new Map([...list.children].map((item) => [item.dataset.lane, item]));
  const items = lines.map((line) => {
    const old = known.get(line.lane_id);
    if (old?.dataset.count === String(line.count)) return old;
    const item = basketLine(line);
    item.dataset.lane = line.lane_id;
    item.dataset.count = line.count;
    if (!old && list.children.length) item.classList.add('new');
    return item;
  });
  if (items.length !== list.children.length || items.some((item, i) => item !== list.children[i])) list.replaceChildren(...items);
}

function basketLine(line) {
  return h('li', h('span.picture', { 'aria-hidden': 'true' }, cabinet.laneById(line.lane_id)?.picture ?? '📦'),
    h('span.name', localName(line), h('small', `${line.count} × ${yuan(line.price_fen)}`)), h('span.amount', yuan(line.amount_fen)));
}

function end() {
  return drawEnd(visit, screen.receipt, { again: goHome });
}

// tick moves the clocks.
function tick() {
  put($('clock'), clock(Date.now()).slice(0, 5));
  const box = $('countdown');
  if (!box || !visit) return;
  if (visit.state === 'awaiting') put(box, t('wx_left', { s: Math.max(0, Math.ceil((visit.deadline_ms - Date.now()) / 1000)) }));
  else if (visit.state === 'open' && visit.opened_ms) put(box, t('open_for', { s: Math.max(0, Math.floor((Date.now() - visit.opened_ms) / 1000)) }));
  else put(box, '');
}
