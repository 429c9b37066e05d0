const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const oneDecimal = new Intl.NumberFormat('en', { maximumFractionDigits: 1, minimumFractionDigits: 1 });

/** 12,345. */
export const formatCount = (n: number): string => whole.format(n);

/** 4.2 below ten, else whole. */
export const formatRate = (n: number): string => (n > 0 && n < 10 ? oneDecimal.format(n) : whole.format(n));

/** 45 s, 3 min, 1 h 5 min. */
export function formatSeconds(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
