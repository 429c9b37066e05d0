import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { askCloud } from '../cloud/cloud-error.ts';
import { assertMessageBody } from './message-body.ts';
import type { DeadLetter, Queue, QueueDepth, ReceivedMessage, ReceiveOptions, ReleaseOptions } from './queue.ts';
import { type SendBatch, sendInBatches } from './sqs-batches.ts';
import { type SqsMessage, oldestFirst, receivedMessage } from './sqs-messages.ts';

export interface SqsQueueOptions {
  readonly client: SQSClient;
  readonly url: string;
  /** Where the queue's redrive policy moves what was received too often. */
  readonly deadLetterUrl: string;
}

/** The most that one ReceiveMessage gives, and waits. */
const RECEIVE_MAX = 10;
const WAIT_MAX_SECONDS = 20;

/** Dead letters that are looked at together: at 64,000 bytes each at most 64 MB. */
const WINDOW = 1_000;

/** Dead letters that are looked at are hidden for so long, unless given back before. */
const LOOK_SECONDS = 300;

/**
 * An SQS standard queue and its dead-letter queue, whose `maxReceiveCount` the redrive policy says. Reasons of releases are
 * not kept. Redrive receives, sends and deletes, because StartMessageMoveTask can move neither a part nor in order: a process
 * that dies in between leaves copies, as with any delivery that is at least once.
 *
 * @throws {E_CLOUD_DENIED, E_CLOUD_UNREACHABLE, E_CLOUD_REFUSED} from every method
 */
export class SqsQueue implements Queue {
  readonly #client: SQSClient;
  readonly #url: string;
  readonly #deadLetterUrl: string;
  readonly #closing = new AbortController();

  constructor({ client, url, deadLetterUrl }: SqsQueueOptions) {
    this.#client = client;
    this.#url = url;
    this.#deadLetterUrl = deadLetterUrl;
  }

  async send(bodies: readonly string[]): Promise<readonly string[]> {
    for (const body of bodies) assertMessageBody(body);
    const entries = bodies.map((body) => ({ MessageBody: body }));
    const ids = new Array<string>(bodies.length);
    // Ten bodies of MESSAGE_MAX_BYTES stay below the 1 MiB of a call.
    await this.#inBatches({ action: 'SendMessageBatch', url: this.#url }, entries, async (Entries) => {
      const result = await this.#client.send(
        new SendMessageBatchCommand({ QueueUrl: this.#url, Entries: [...Entries] }),
      );
      for (const { Id, MessageId } of result.Successful ?? []) ids[Number(Id)] = MessageId!;
      return result.Failed;
    });
    return ids;
  }

  async receive({ max, visibilityTimeoutMs, waitMs = 0, signal }: ReceiveOptions): Promise<readonly ReceivedMessage[]> {
    const stop = AbortSignal.any([this.#closing.signal, ...(signal === undefined ? [] : [signal])]);
    const visibilitySeconds = Math.ceil(visibilityTimeoutMs / 1_000);
    const messages: ReceivedMessage[] = [];
    for (let leftSeconds = Math.ceil(waitMs / 1_000); !stop.aborted; leftSeconds -= WAIT_MAX_SECONDS) {
      while (messages.length < max) {
        const count = Math.min(max - messages.length, RECEIVE_MAX);
        // Only who has nothing yet waits for more.
        const waitSeconds = messages.length > 0 ? 0 : Math.min(Math.max(leftSeconds, 0), WAIT_MAX_SECONDS);
        const some = await this.#receive(this.#url, { count, visibilitySeconds, waitSeconds, stop });
        messages.push(...some.map(receivedMessage));
        if (some.length < count) break;
      }
      if (messages.length > 0 || leftSeconds <= WAIT_MAX_SECONDS) break;
    }
    return messages;
  }

  delete(receipts: readonly string[]): Promise<void> {
    return this.#delete(this.#url, receipts);
  }

  release(receipts: readonly string[], { delayMs = 0 }: ReleaseOptions = {}): Promise<void> {
    return this.#hide(this.#url, receipts, Math.ceil(delayMs / 1_000));
  }

  async depth(): Promise<QueueDepth> {
    const [main, dead] = await Promise.all([this.#counts(this.#url), this.#counts(this.#deadLetterUrl)]);
    return { ready: main.ready, inFlight: main.inFlight, dead: dead.ready + dead.inFlight };
  }

  /** Hides what it looks at from others who look until the caller has seen all of them, 5 minutes at most. */
  async *deadLetters(): AsyncIterable<DeadLetter> {
    const seen: SqsMessage[] = [];
    try {
      for (;;) {
        const window = await this.#lookAtDead();
        seen.push(...window);
        for (const message of oldestFirst(window)) {
          const { id, body, receiveCount, sentAt } = receivedMessage(message);
          // This look was one more.
          yield { id, body, receiveCount: receiveCount - 1, sentAt };
        }
        if (window.length < WINDOW) return;
      }
    } finally {
      await this.#giveBack(seen);
    }
  }

  async redrive(max = Number.MAX_SAFE_INTEGER): Promise<number> {
    let moved = 0;
    for (;;) {
      const window = oldestFirst(await this.#lookAtDead());
      const end = Math.min(window.length, max - moved);
      let done = 0;
      try {
        while (done < end) {
          const some = window.slice(done, Math.min(done + RECEIVE_MAX, end)).map(receivedMessage);
          await this.send(some.map(({ body }) => body));
          const receipts = some.map(({ receipt }) => receipt);
          await this.#delete(this.#deadLetterUrl, receipts);
          done += some.length;
        }
      } finally {
        await this.#giveBack(window.slice(done));
      }
      moved += done;
      if (window.length < WINDOW || moved >= max) return moved;
    }
  }

  /** Ends the waits of receivers. The client is the caller's to end. */
  close(): void {
    this.#closing.abort();
  }

  async #lookAtDead(): Promise<readonly SqsMessage[]> {
    const found: SqsMessage[] = [];
    while (found.length < WINDOW) {
      // A wait asks all of the queue's servers, where a look without one asks some.
      const look = { count: RECEIVE_MAX, visibilitySeconds: LOOK_SECONDS, waitSeconds: 1, stop: this.#closing.signal };
      const some = await this.#receive(this.#deadLetterUrl, look);
      if (some.length === 0) break;
      found.push(...some);
    }
    return found;
  }

  #giveBack(messages: readonly SqsMessage[]): Promise<void> {
    return this.#hide(
      this.#deadLetterUrl,
      messages.map(({ ReceiptHandle }) => ReceiptHandle!),
      0,
    );
  }

  async #receive(url: string, options: ReceiveCall): Promise<readonly SqsMessage[]> {
    const input = {
      QueueUrl: url,
      MaxNumberOfMessages: options.count,
      VisibilityTimeout: options.visibilitySeconds,
      WaitTimeSeconds: options.waitSeconds,
      MessageSystemAttributeNames: ['ApproximateReceiveCount' as const, 'SentTimestamp' as const],
    };
    try {
      return await this.#ask('ReceiveMessage', url, async () => {
        const result = await this.#client.send(new ReceiveMessageCommand(input), { abortSignal: options.stop });
        return result.Messages ?? [];
      });
    } catch (error) {
      // What the service has handed out meanwhile comes again after its time-out.
      if (options.stop.aborted) return [];
      throw error;
    }
  }

  async #delete(url: string, receipts: readonly string[]): Promise<void> {
    const entries = receipts.map((receipt) => ({ ReceiptHandle: receipt }));
    await this.#inBatches({ action: 'DeleteMessageBatch', url }, entries, async (Entries) => {
      const { Failed } = await this.#client.send(
        new DeleteMessageBatchCommand({ QueueUrl: url, Entries: [...Entries] }),
      );
      return Failed;
    });
  }

  async #hide(url: string, receipts: readonly string[], seconds: number): Promise<void> {
    const entries = receipts.map((receipt) => ({ ReceiptHandle: receipt, VisibilityTimeout: seconds }));
    await this.#inBatches({ action: 'ChangeMessageVisibilityBatch', url }, entries, async (Entries) => {
      const input = { QueueUrl: url, Entries: [...Entries] };
      return (await this.#client.send(new ChangeMessageVisibilityBatchCommand(input))).Failed;
    });
  }

  #inBatches<T extends object>(call: QueueCall, entries: readonly T[], send: SendBatch<T>): Promise<void> {
    return sendInBatches(call.action, entries, (batch) => this.#ask(call.action, call.url, () => send(batch)));
  }

  async #counts(url: string): Promise<{ readonly ready: number; readonly inFlight: number }> {
    const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
    const input = { QueueUrl: url, AttributeNames: [...names] };
    const { Attributes } = await this.#ask('GetQueueAttributes', url, () =>
      this.#client.send(new GetQueueAttributesCommand(input)),
    );
    const [ready, inFlight] = names.map((name) => Number(Attributes?.[name]));
    return { ready: ready!, inFlight: inFlight! };
  }

  #ask<T>(action: string, url: string, work: () => Promise<T>): Promise<T> {
    return askCloud({ service: 'sqs', action, resource: url }, work);
  }
}

interface QueueCall {
  readonly action: string;
  readonly url: string;
}

interface ReceiveCall {
  readonly count: number;
  readonly visibilitySeconds: number;
  readonly waitSeconds: number;
  readonly stop: AbortSignal;
}
