import { createMotoResources, type StackClients } from './moto-resources.ts';
import { type StackTemplate, TemplateStacks } from './template.ts';

/** A function as the template has it. */
export interface DeployedFunction {
  readonly name: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

/** How a queue's messages come to a function. */
export interface EventSourceMapping {
  readonly function: DeployedFunction;
  readonly queueUrl: string;
  readonly queueArn: string;
  readonly deadLetterUrl: string;
  readonly batchSize: number;
  readonly reportsFailures: boolean;
}

export interface DeployedStage {
  readonly bucket: string;
  function(name: string): DeployedFunction;
  /** The mapping of a function. */
  mapping(name: string): EventSourceMapping;
}

/**
 * Makes the buckets, keys, queues, buses and rules of synthesised stacks in the emulator, and reads from the templates what
 * functions are given and what calls them: what is tested is what is deployed.
 */
export async function deployStage(templates: readonly StackTemplate[], clients: StackClients): Promise<DeployedStage> {
  const stacks = new TemplateStacks(templates, createMotoResources(clients));
  for (const rule of stacks.ofType('AWS::Events::Rule')) await rule.make();
  const urls = await queueUrls(stacks);
  const functions = new Map<string, DeployedFunction>();
  for (const each of stacks.ofType('AWS::Lambda::Function')) {
    const { ref } = await each.make();
    const { Variables } = (await each.resolved('Environment')) as { Variables: Record<string, string> };
    const timeoutMs = 1_000 * Number(await each.resolved('Timeout'));
    functions.set(ref, {
      name: Variables['POWERTOOLS_SERVICE_NAME']!,
      environment: { ...Variables, AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(await each.resolved('MemorySize')) },
      timeoutMs,
    });
  }
  const mappings = await Promise.all(
    stacks.ofType('AWS::Lambda::EventSourceMapping').map(async ({ resolved }): Promise<EventSourceMapping> => {
      const queueArn = (await resolved('EventSourceArn')) as string;
      const responses = (await resolved('FunctionResponseTypes')) as readonly string[] | undefined;
      return {
        // `FUNCTION:ALIAS`
        function: functions.get(String(await resolved('FunctionName')).split(':')[0]!)!,
        queueArn,
        ...urls.get(queueArn)!,
        batchSize: Number(await resolved('BatchSize')),
        reportsFailures: responses?.includes('ReportBatchItemFailures') === true,
      };
    }),
  );
  const all = [...functions.values()];
  const found = <T>(what: T | undefined, name: string): T => {
    if (what === undefined) throw new Error(`template: there is none for ${name}`);
    return what;
  };
  return {
    bucket: all[0]!.environment['TAGWRIGHT_BUCKET']!,
    function: (name) =>
      found(
        all.find((each) => each.name === name),
        name,
      ),
    mapping: (name) =>
      found(
        mappings.find((each) => each.function.name === name),
        name,
      ),
  };
}

/** Of each queue that has a dead-letter queue, by ARN. */
async function queueUrls(
  stacks: TemplateStacks,
): Promise<ReadonlyMap<string, Pick<EventSourceMapping, 'queueUrl' | 'deadLetterUrl'>>> {
  const queues = await Promise.all(
    stacks.ofType('AWS::SQS::Queue').map(async ({ make, resolved }) => {
      const { ref, attributes } = await make();
      const policy = (await resolved('RedrivePolicy')) as { readonly deadLetterTargetArn: string } | undefined;
      return { url: ref, arn: attributes!['Arn']!, deadLetterArn: policy?.deadLetterTargetArn };
    }),
  );
  return new Map(
    queues.flatMap(({ url, arn, deadLetterArn }) => {
      const dead = queues.find((queue) => queue.arn === deadLetterArn);
      return dead === undefined ? [] : [[arn, { queueUrl: url, deadLetterUrl: dead.url }] as const];
    }),
  );
}
