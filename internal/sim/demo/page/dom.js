// h makes an element: h('button.primary', {onclick}, 'text', child). Nothing is ever parsed as
// markup, so texts from the platform cannot become any.
export function h(kind, ...rest) {
  const [tag, ...classes] = kind.split('.');
  const element = document.createElement(tag || 'div');
  if (classes.length) element.className = classes.join(' ');
  if (rest.length && isProps(rest[0])) setProps(element, rest.shift());
  element.append(...rest.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

function isProps(value) {
  return value !== null && typeof value === 'object' && !Array.isArray(value) && !(value instanceof Node);
}

function setProps(element, props) {
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on') || name in element && typeof value !== 'string') element[name] = value;
    else element.setAttribute(name, value === true ? '' : value);
  }
}

// $ finds one element of the page by its id.
export const $ = (id) => document.getElementById(id);

// put writes a text only where it differs: an unchanged live region stays silent.
export function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// say tells people who listen to the page instead of looking at it.
export function say(text) {
  put($('say'), text);
}
