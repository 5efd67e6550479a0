// How a visit ended: the receipt with its reasons, or why there is none.

import { h } from './dom.js';
import { grams, hasText, localName, signed, t, yuan } from './text.js';
import { laneById } from './cabinet.js';

export function drawEnd(visit, receipt, { again }) {
  const outcome = visit.state === 'review' ? 'review' : visit.outcome || 'ended';
  const good = outcome === 'charged';
  const settled = good || outcome === 'nothing_taken' || outcome === 'canceled' || outcome === 'written_off';
  return h('div.page.tall',
    h('div.ending', h(settled ? 'span.mark.good' : 'span.mark.wait', { 'aria-hidden': 'true' }, settled ? '✓' : '…'),
      h('h2', { 'aria-live': 'polite' }, t(outcome)),
      good ? h('p.paid', yuan(receipt?.total_fen ?? visit.payment.amount_fen)) : hasText(outcome + '_hint') && h('p.hint', t(outcome + '_hint')),
      payment(visit.payment)),
    receipt && good && lines(receipt),
    receipt?.lanes?.some((lane) => lane.known) && scales(receipt),
    receipt && facts(receipt),
    h('div.bottom', h('button.primary', { type: 'button', onclick: again }, t('done'))));
}

function payment(money) {
  if (!money?.state) return null;
  const over = money.state === 'captured' || money.state === 'released';
  return h(over ? 'p.badge.good' : 'p.badge.estimate', { 'aria-live': 'polite' },
    (over ? '✓ ' : '… ') + t('pay_' + money.state, { amount: yuan(money.captured_fen) }));
}

function lines(receipt) {
  return h('div.receipt', h('h3', t('receipt')), receipt.lines.map((line) => h('div.line',
    h('div.top-line', h('span.picture', { 'aria-hidden': 'true' }, laneById(line.lane_id)?.picture ?? '📦'),
      h('span.name', localName(line), h('small', `${line.count} × ${yuan(line.price_fen)}`)), h('span.amount', yuan(line.amount_fen))),
    h('details', { open: true }, h('summary', t('why', { n: line.count })), reason(line)))),
  h('p.sum', h('span', t('total')), h('b', yuan(receipt.total_fen))));
}

// reason says in words and in bars why so many pieces are charged.
function reason(line) {
  const { why } = line;
  if (!why || why.before_g === null || why.after_g === null) return h('p', t('why_unknown'));
  const moved = why.moved ?? 0;
  const words = t(moved ? 'why_gone' : 'why_text', {
    before: grams(why.before_g), after: grams(why.after_g), loss: grams(loss(why)),
    unit: grams(why.unit_mass_g), n: line.count, rest: signed(rest(why, line.count)), moved, all: line.count + moved,
  });
  return h('div.reason', h('p', words), h('div.bars', { 'aria-hidden': 'true' },
    level(t('why_before'), why.before_g, why.before_g, why.unit_mass_g),
    level(t('why_after'), why.after_g, why.before_g, why.unit_mass_g)));
}

// loss and rest are those of the whole grams that are shown, so that the sum adds up for whoever
// checks it; the receipt itself has thousandths.
const loss = (why) => Math.round(why.before_g) - Math.round(why.after_g);
const rest = (why, count) => loss(why) - (count + (why.moved ?? 0)) * why.unit_mass_g;

// level draws a mass as a bar, with a notch for each piece.
function level(label, mass, most, unit) {
  const fill = h('i');
  fill.style.width = `${Math.max(0, Math.min(100, (100 * mass) / most))}%`;
  const track = h('div.track', fill);
  if (unit > 0) track.style.setProperty('--piece', `${(100 * unit) / most}%`);
  return h('div.level', h('span', label), track, h('span.grams', grams(mass)));
}

function scales(receipt) {
  const rows = receipt.lanes.map((lane) => {
    const known = laneById(lane.lane_id);
    return h(lane.count ? 'tr.hit' : 'tr', h('th', { scope: 'row' }, known ? `${known.number} ${localName(known)}` : lane.lane_id),
      h('td', grams(lane.before_g)), h('td', grams(lane.after_g)), h('td', lane.count ? String(lane.count) : '·'),
      h('td', lane.known && lane.rest_g !== null ? signed(rest(lane, lane.count)) : '–'));
  });
  return h('details.scales', h('summary', t('scales')),
    h('table', h('thead', h('tr', ['lane', 'before', 'after', 'count', 'rest'].map((word) => h('th', { scope: 'col' }, t('scale_' + word))))),
      h('tbody', rows)));
}

function facts(receipt) {
  const words = [];
  if (receipt.confidence > 0) words.push(t('confidence', { p: percent(receipt.confidence) }));
  if (receipt.closed_ms && receipt.decided_ms >= receipt.closed_ms) {
    words.push(t('decided', { s: ((receipt.decided_ms - receipt.closed_ms) / 1000).toFixed(1) }));
  }
  words.push(t('number', { id: receipt.session_id }));
  return h('p.facts', words.join(' · '));
}

// percent never claims more than is known: what is not certain is not shown as 100 %.
function percent(p) {
  return p >= 1 ? '100%' : `${Math.floor(p * 10000) / 100}%`;
}
