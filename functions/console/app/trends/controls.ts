import { byId, make, paint } from '../element.ts';
import type { Choice } from './choice.ts';

/** How long typing may pause before a name is looked for. */
const TYPING_MS = 250;

/** What is chosen above the list. */
export interface Controls {
  /** Sets the controls, after the page's address changed. */
  show(choice: Choice): void;
  /** Offers the types that there are; those offered before stay. */
  offerTypes(types: readonly string[]): void;
}

/** Wires up the form; `changed` is told what is chosen now. */
export function createControls(initial: Choice, changed: (part: Partial<Choice>) => void): Controls {
  const form = byId('controls', HTMLFormElement);
  const find = byId('find', HTMLInputElement);
  const types = byId('types', HTMLFieldSetElement);
  const offered = new Map<string, HTMLInputElement>();
  let chosenType = initial.type;
  let typing: ReturnType<typeof setTimeout> | undefined;

  const offer = (type: string): void => {
    if (offered.has(type)) return;
    const input = make('input', '');
    input.type = 'radio';
    input.name = 'type';
    input.value = type;
    input.checked = type === chosenType;
    const label = make('label', 'choice', input, make('span', 'chip', type === '' ? 'all' : type));
    if (type !== '') paint(label, type);
    types.append(label);
    offered.set(type, input);
  };
  const radio = (name: string, value: string): void => {
    const input = form.querySelector<HTMLInputElement>(`input[name=${name}][value="${CSS.escape(value)}"]`);
    if (input !== null) input.checked = true;
  };

  form.addEventListener('change', ({ target }) => {
    if (!(target instanceof HTMLInputElement)) return;
    if (target.name === 'window') changed({ window: target.value as Choice['window'] });
    if (target.name === 'order') changed({ order: target.value as Choice['order'] });
    if (target.name === 'type') {
      chosenType = target.value;
      changed({ type: chosenType });
    }
  });
  find.addEventListener('input', () => {
    clearTimeout(typing);
    typing = setTimeout(() => {
      changed({ q: find.value.trim() });
    }, TYPING_MS);
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    clearTimeout(typing);
    changed({ q: find.value.trim() });
  });

  const show = ({ window, order, type, q }: Choice): void => {
    chosenType = type;
    offer('');
    offer(type);
    radio('window', window);
    radio('order', order);
    offered.get(type)!.checked = true;
    if (find !== document.activeElement) find.value = q;
  };
  show(initial);
  return {
    show,
    offerTypes: (found) => {
      found.forEach(offer);
    },
  };
}
