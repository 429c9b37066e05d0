import { colourOf } from './type-colour.ts';

/** The element of the page with this id; index.html and the script go together, so that it is always there. */
export function byId<T extends HTMLElement>(id: string, kind: new () => T): T {
  const element = document.getElementById(id);
  if (!(element instanceof kind)) throw new TypeError(`internal: index.html has no ${kind.name} with id '${id}'`);
  return element;
}

/** A new element with a class and children; strings become text, never markup. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string,
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (className !== '') element.className = className;
  element.append(...children);
  return element;
}

/** Gives an element the colour of a type; the style sheet makes background, text and border of it. */
export function paint(element: HTMLElement, type: string): void {
  const { hue, chroma } = colourOf(type);
  element.classList.add('painted');
  element.style.setProperty('--hue', String(hue));
  element.style.setProperty('--chroma', String(chroma));
}

/** Sets the text of an element unless it is the same: what does not change is not announced again. */
export function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
