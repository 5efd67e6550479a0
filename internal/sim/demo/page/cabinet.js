// The left side: the cabinet one stands in front of. It is drawn from the machine's own state; the
// platform never sees how many pieces there are, only what the scales say.

import { $, h, put, say } from './dom.js';
import { call, follow } from './api.js';
import { localName, localPlace, number, t, yuan } from './text.js';

const drawn = 7; // pieces that are drawn one by one

let fleet = null; // what there is
let shown = 0; // index of the cabinet in view
let parts = null; // elements of the cabinet in view
let states = []; // by cabinet
let placing = null; // lane of the product that is about to be misplaced
let trouble = () => {};
const bases = new Map(); // serial → masses before the door was opened

export function setUp(view, onTrouble) {
  fleet = view;
  trouble = onTrouble;
  draw();
  follow('/demo/live', {
    signal: new AbortController().signal,
    on: (state) => { states = state.cabinets; update(); },
    lost: () => {},
  });
}

export function show(serial) {
  const k = fleet.cabinets.findIndex((cabinet) => cabinet.serial === serial);
  if (k < 0 || k === shown) return;
  shown = k;
  placing = null;
  draw();
}

export const cabinetOfToken = (token) => fleet.cabinets.find((cabinet) => cabinet.token === token);

// laneById finds a lane and its product's picture, in whichever cabinet it is.
export function laneById(id) {
  for (const cabinet of fleet.cabinets) {
    const lane = cabinet.lanes.find((candidate) => candidate.id === id);
    if (lane) return lane;
  }
  return null;
}

// act does something at the cabinet in view.
async function act(action, body = {}) {
  try {
    states[shown] = await call('POST', `/demo/cabinets/${fleet.cabinets[shown].serial}/${action}`, { body });
    update();
  } catch (error) {
    trouble(error);
  }
}

// draw builds the cabinet in view anew: another one, or another language.
export function draw() {
  const cabinet = fleet.cabinets[shown];
  drawFleet();
  const lanes = cabinet.lanes.map(drawLane);
  const rows = []; // shelves count from the bottom up
  for (const lane of cabinet.lanes) (rows[lane.shelf - 1] ??= []).push(lanes[lane.number - 1].box);
  rows.reverse();
  parts = {
    lanes,
    state: h('p.door-state', { 'aria-live': 'polite' }),
    hint: h('p.door-hint'),
    pull: h('button.primary', { type: 'button', onclick: () => act('open') }, t('pull')),
    shut: h('button.primary', { type: 'button', onclick: () => act('close') }, t('shut')),
    cable: h('button.plain', { type: 'button', onclick: () => act('cable', { plugged: !states[shown].plugged }) }),
    hand: h('div.hand'),
    // a pointer may also grab the door itself; the buttons below do the same for everyone
    leaf: h('div.leaf', { 'aria-hidden': 'true', onclick: pullOrShut }, h('span.handle')),
  };
  parts.machine = h('div.machine',
    h('div.head', h('div', h('h2', localName(cabinet)), h('p', localPlace(cabinet))), h('span.lamp', { 'aria-hidden': 'true' })),
    h('div.chamber', h('div.shelves', rows.map((row) => h('div.shelf', row))), parts.leaf),
    h('div.foot', h('div.lock', h('span.led', { 'aria-hidden': 'true' }), h('div', parts.state, parts.hint)),
      h('div.buttons', parts.pull, parts.shut, parts.cable)));
  $('machine').replaceChildren(parts.machine, parts.hand);
  parts.handKey = '';
  update();
}

function pullOrShut() {
  const state = states[shown];
  if (state?.leaf) act('close');
  else act('open');
}

function drawFleet() {
  $('fleet').replaceChildren(...fleet.cabinets.map((cabinet, i) => h('button.choice', {
    type: 'button', 'aria-pressed': String(i === shown), onclick: () => show(cabinet.serial),
  }, h('span.net', { 'aria-hidden': 'true' }), h('span', localName(cabinet)), h('small', localPlace(cabinet)), h('span.sr.online'))));
  $('fleet').scrollLeft = $('fleet').children[shown].offsetLeft - 12;
}

function drawLane(lane) {
  const name = localName(lane);
  const label = { lane: lane.number, name, price: yuan(lane.price_fen) };
  const parts = {
    pieces: h('div.pieces', { 'aria-hidden': 'true' }),
    mass: h('output.mass', { 'aria-label': t('scale') }),
    delta: h('span.delta'),
    count: h('span.count'),
    take: h('button.take', { type: 'button', 'aria-label': t('take_label', label), onclick: () => act('take', { lane: lane.number, count: 1 }) }, t('take')),
    back: h('button.back', { type: 'button', onclick: () => putDown(lane.number) }),
  };
  parts.box = h('article.lane', { 'aria-label': t('lane_label', label) },
    parts.pieces,
    h('div.readout', parts.mass, parts.delta),
    h('div.tag', h('span.name', name), h('span.price', yuan(lane.price_fen)), parts.count),
    h('div.do', parts.take, parts.back));
  return parts;
}

// putDown puts a piece into a lane: its own, or the one being misplaced.
function putDown(lane) {
  const home = placing ?? lane;
  placing = null;
  act('put-back', { home, lane });
}

function update() {
  if (!parts || !states.length) return;
  const cabinet = fleet.cabinets[shown];
  const state = states[shown];
  remember(states);
  updateFleet();
  parts.machine.classList.toggle('open', state.leaf);
  parts.machine.classList.toggle('released', state.door === 'opening');
  parts.machine.classList.toggle('offline', !state.connected);
  const held = new Map(state.hand.map((item) => [item.lane, item.count]));
  if (placing && !held.has(placing)) placing = null;
  state.lanes.forEach((lane, i) => updateLane(parts.lanes[i], cabinet.lanes[i], lane, state, held));
  updateDoor(state);
  updateHand(cabinet, state);
}

function updateFleet() {
  [...$('fleet').children].forEach((button, i) => {
    button.classList.toggle('offline', !states[i].connected);
    put(button.querySelector('.online'), states[i].connected ? t('online') : t('offline'));
  });
}

// remember keeps what the scales said last before a door was opened.
function remember(all) {
  for (const state of all) {
    const masses = state.lanes.map((lane) => lane.mass_g);
    if (!state.leaf && state.session === '0' || !bases.has(state.serial)) bases.set(state.serial, masses);
  }
}

function updateLane(part, product, lane, state, held) {
  if (part.drawnCount !== lane.count) {
    part.drawnCount = lane.count;
    part.pieces.replaceChildren(...Array.from({ length: Math.min(lane.count, drawn) }, () => h('span', product.picture)));
    part.box.classList.toggle('empty', lane.count === 0);
  }
  put(part.count, (lane.count ? t('pieces', { n: lane.count }) : t('empty')) + (lane.strange ? ' · ' + t('strange') : ''));
  put(part.mass, lane.mass_g === null ? '– – –' : number(lane.mass_g) + ' g');
  const base = bases.get(state.serial)?.[product.number - 1];
  const delta = state.session !== '0' && base !== null && lane.mass_g !== null ? lane.mass_g - base : 0;
  const moved = Math.abs(delta) > 12;
  part.box.classList.toggle('moved', moved);
  put(part.delta, moved ? (delta > 0 ? '+' : '') + number(delta) + ' g' : '');
  part.take.hidden = placing !== null;
  part.take.disabled = !state.leaf || lane.count === 0;
  const mine = held.has(product.number);
  part.back.hidden = !(placing || mine);
  part.back.disabled = !state.leaf;
  const home = placing ? fleet.cabinets[shown].lanes[placing - 1] : product;
  put(part.back, placing && placing !== product.number ? t('here') : t('back'));
  part.back.setAttribute('aria-label',
    t(placing && placing !== product.number ? 'here_label' : 'back_label', { lane: product.number, name: localName(home) }));
}

function updateDoor(state) {
  const shutting = state.door === 'open' && !state.leaf;
  const word = shutting ? 'door_shutting' : state.leaf ? 'door_open' : 'door_' + state.door;
  put(parts.state, t(word));
  put($('mini-door'), t(word));
  put(parts.hint, !state.plugged ? t('unplugged_hint')
    : state.leaf ? t('door_open_hint')
      : state.door === 'opening' ? t('door_opening_hint')
        : state.connected ? t('door_locked_hint') : t('offline'));
  parts.pull.hidden = state.leaf;
  parts.pull.disabled = state.door !== 'opening';
  parts.shut.hidden = !state.leaf;
  parts.cable.classList.toggle('out', !state.plugged);
  put(parts.cable, state.plugged ? t('unplug') : t('plug'));
}

function updateHand(cabinet, state) {
  const key = JSON.stringify([state.hand, placing]);
  if (key === parts.handKey) return;
  parts.handKey = key;
  const chips = state.hand.map(({ lane, count }) => {
    const product = cabinet.lanes[lane - 1];
    return h('button.chip', {
      type: 'button', 'aria-pressed': String(placing === lane),
      onclick: () => { placing = placing === lane ? null : lane; if (placing) say(t('hand_placing', { name: localName(product) })); update(); },
    }, h('span', { 'aria-hidden': 'true' }, product.picture), ` ${localName(product)} × ${count}`);
  });
  parts.hand.replaceChildren(h('h3', t('hand')),
    h('div.chips', chips.length ? chips : h('span.none', t('hand_empty'))),
    h('p.hint', placing ? t('hand_placing', { name: localName(cabinet.lanes[placing - 1]) }) : chips.length ? t('hand_hint') : ''));
}
