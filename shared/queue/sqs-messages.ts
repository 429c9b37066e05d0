import type { Message } from '@aws-sdk/client-sqs';
import type { ReceivedMessage } from './queue.ts';

/** As ReceiveMessage gives it, with ApproximateReceiveCount and SentTimestamp. */
export type SqsMessage = Message;

/** The message in the words of the port. */
export function receivedMessage({ MessageId, Body, ReceiptHandle, Attributes }: SqsMessage): ReceivedMessage {
  return {
    id: MessageId!,
    body: Body!,
    receipt: ReceiptHandle!,
    receiveCount: Number(Attributes!.ApproximateReceiveCount),
    sentAt: new Date(Number(Attributes!.SentTimestamp)),
  };
}

/** By when they were sent first. */
export function oldestFirst(messages: readonly SqsMessage[]): readonly SqsMessage[] {
  const sentAt = ({ Attributes }: SqsMessage): number => Number(Attributes!.SentTimestamp);
  return [...messages].sort((a, b) => sentAt(a) - sentAt(b));
}
