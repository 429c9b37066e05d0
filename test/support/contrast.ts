import type { Page } from 'playwright-core';

/** An element's text, and the contrast of its colour with what lies behind it. */
export interface Contrast {
  readonly text: string;
  /** From 1 to 21, by WCAG 2.2: (L1 + 0.05) / (L2 + 0.05) of the relative luminances. */
  readonly ratio: number;
}

/**
 * The contrast of every visible text on the page. The browser itself turns its colours, oklch() among them, into sRGB
 * by painting them, half-transparent backgrounds over what is behind.
 */
export function measureContrasts(page: Page): Promise<Contrast[]> {
  return page.evaluate(MEASURE);
}

// Text, because the tests are checked without the browser's types.
const MEASURE = `(() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgb = (...colours) => {
    canvas.clearRect(0, 0, 1, 1);
    for (const colour of colours) {
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
    }
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const linear = (byte) => (byte / 255 <= 0.04045 ? byte / 255 / 12.92 : ((byte / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const backgrounds = (element) => {
    const chain = [];
    for (let at = element; at !== null; at = at.parentElement) chain.unshift(getComputedStyle(at).backgroundColor);
    return ['white', ...chain];
  };
  const contrasts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const text = node.textContent.trim();
    const element = node.parentElement;
    if (text === '' || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    const behind = backgrounds(element);
    const [a, b] = [luminance(rgb(...behind, getComputedStyle(element).color)), luminance(rgb(...behind))];
    contrasts.push({ text, ratio: (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) });
  }
  return contrasts;
})()`;
