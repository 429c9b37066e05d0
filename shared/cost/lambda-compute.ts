import type { PriceTable } from './prices.ts';

export const LAMBDA_ARCHITECTURES = ['arm64', 'x86'] as const;
export type LambdaArchitecture = (typeof LAMBDA_ARCHITECTURES)[number];

/** One virtual core comes with so much memory (https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html). */
export const MB_PER_VCPU = 1_769;

/** Dollars for so many seconds of a function with so much memory. */
export function lambdaSeconds(
  prices: PriceTable,
  architecture: LambdaArchitecture,
  { seconds, memoryMb }: { readonly seconds: number; readonly memoryMb: number },
): number {
  const price = architecture === 'arm64' ? prices.lambdaArm64 : prices.lambdaX86;
  return ((seconds * memoryMb) / 1_024) * price.dollars;
}
