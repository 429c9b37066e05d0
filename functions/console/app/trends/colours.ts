/**
 * A colour of the style sheet as canvas understands it. Custom properties hold `light-dark(...)` as it is written; what
 * a probe's computed colour says has been resolved.
 */
export function resolveColour(host: HTMLElement, css: string): string {
  const probe = document.createElement('span');
  probe.hidden = true;
  probe.style.color = css;
  host.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** Calls back when the colours of the page have changed. */
export function onColoursChanged(changed: () => void): void {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', changed);
}
