// Starts the page: asks what there is to play with, and wires both sides and the language.

import { $, h, put } from './dom.js';
import { call, wait } from './api.js';
import { drawWalk } from './walk.js';
import { isChinese, localName, switchLanguage, t } from './text.js';
import * as cabinet from './cabinet.js';
import * as phone from './phone.js';

// label writes all words that stand in the markup.
function label() {
  document.documentElement.lang = isChinese() ? 'zh-CN' : 'en';
  document.title = 'Larder · ' + t('tagline');
  for (const element of document.querySelectorAll('[data-t]')) put(element, t(element.dataset.t));
  for (const element of document.querySelectorAll('[data-label]')) element.setAttribute('aria-label', t(element.dataset.label));
  put($('language'), t('other_language'));
  $('language').title = t('other_language_hint');
  $('language').lang = isChinese() ? 'en' : 'zh-CN';
  drawWalk();
}

function listPeople(people) {
  const chosen = $('person').value || people[0].id;
  $('person').replaceChildren(...people.map((person) => h('option', { value: person.id }, localName(person))));
  $('person').value = chosen;
  put($('owner'), localName(people.find((person) => person.id === chosen)));
}

async function start() {
  label();
  let fleet = null;
  while (!fleet) {
    try {
      fleet = await call('GET', '/demo/fleet');
    } catch (error) {
      phone.trouble(error);
      await wait(1000);
    }
  }
  listPeople(fleet.people);
  cabinet.setUp(fleet, phone.trouble);
  phone.setUp(fleet);
  phone.showView('phone');
  $('person').onchange = () => phone.become($('person').value);
  $('language').onclick = () => {
    switchLanguage();
    label();
    listPeople(fleet.people);
    cabinet.draw();
    phone.redraw(true);
  };
  for (const button of document.querySelectorAll('.switch button')) {
    button.onclick = () => phone.showView(button.dataset.show);
  }
}

start();
