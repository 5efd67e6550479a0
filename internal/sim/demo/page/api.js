// How the page talks: to the public API as a shopper's app would, and to /demo as the hands.

import { note } from './walk.js';

// Problem is a refusal with a code.
export class Problem extends Error {
  constructor(code, params = {}, status = 0) {
    super(code);
    this.code = code;
    this.params = params;
    this.status = status;
  }
}

// call asks once and returns the answer's body; a refusal, or silence, is a Problem.
export async function call(method, path, { body, token, key, signal } = {}) {
  const headers = {};
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (token) headers.Authorization = 'Bearer ' + token;
  if (key) headers['Idempotency-Key'] = key;
  const began = performance.now();
  let answer;
  try {
    answer = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body), signal });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    note(method, path, 'network');
    throw new Problem('network');
  }
  note(method, path, answer.status, performance.now() - began);
  const text = await answer.text();
  const content = text ? parse(text) : null;
  if (!answer.ok) {
    const params = { ...(content?.params ?? {}) };
    params.retry_after_s ??= answer.headers.get('Retry-After') ?? undefined;
    throw new Problem(content?.code ?? 'internal', params, answer.status);
  }
  return content;
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

// stream reads server-sent events with a header that EventSource cannot send; it returns when the
// stream has ended and throws what fetch throws, or a Problem.
export async function stream(path, { token, signal, on }) {
  const headers = { Accept: 'text/event-stream' };
  if (token) headers.Authorization = 'Bearer ' + token;
  const answer = await fetch(path, { headers, signal });
  if (!answer.ok) throw new Problem(parse(await answer.text())?.code ?? 'internal', {}, answer.status);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const events = (rest + value).split(/\r?\n\r?\n/);
    rest = events.pop();
    for (const event of events) {
      const data = event.split(/\r?\n/).filter((line) => line.startsWith('data:')).map((line) => line.slice(5)).join('\n');
      if (data) on(JSON.parse(data));
    }
  }
}

export const wait = (ms, signal) => new Promise((resolve) => {
  const timer = setTimeout(resolve, ms);
  signal?.addEventListener('abort', () => { clearTimeout(timer); resolve(); }, { once: true });
});

// follow keeps a stream alive until the signal says otherwise. lost is told of every break.
export async function follow(path, { token, signal, on, lost }) {
  for (let pause = 250; !signal.aborted; pause = Math.min(pause * 2, 3000)) {
    try {
      await stream(path, { token, signal, on: (value) => { pause = 250; on(value); } });
    } catch (error) {
      if (signal.aborted) return;
      lost?.(error);
    }
    await wait(pause, signal);
  }
}
