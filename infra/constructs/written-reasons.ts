import { Stack, Validations, type IPolicyValidationPlugin, type PolicyValidationPluginReport } from 'aws-cdk-lib';
import { flattenCfnReference } from 'cdk-nag/lib/utils/flatten-cfn-reference.js';
import type { IConstruct } from 'constructs';

interface WrittenReason {
  /** The resource of a policy statement, which has a wildcard. */
  readonly resource: string;
  readonly reason: string;
}

const reasons = new WeakMap<IConstruct, WrittenReason[]>();

/** Says why this rule of a cdk-nag pack, or this one finding of it, does not hold here. */
export function acknowledge(scope: IConstruct, id: string, reason: string): void {
  Validations.of(scope).acknowledge({ id, reason });
}

/**
 * Says why a policy below `scope` names a resource with a wildcard. cdk-nag wants each finding by the text that the resource
 * has in the template, and of a resource of another stack that is known only when all stacks are built.
 */
export function acknowledgeWildcard(scope: IConstruct, resource: string, reason: string): void {
  const written = reasons.get(scope) ?? [];
  reasons.set(scope, [...written, { resource, reason }]);
}

/** Acknowledges what `acknowledgeWildcard` was told, once the app is synthesised. */
export function applyWrittenReasons(root: IConstruct): void {
  for (const scope of root.node.findAll()) {
    for (const { resource, reason } of reasons.get(scope) ?? []) {
      const text = flattenCfnReference(Stack.of(scope).resolve(resource) as object);
      acknowledge(scope, `AwsSolutions-IAM5[Resource::${text}]`, reason);
    }
  }
}

/** Runs before the packs of cdk-nag, so that they find the reasons. */
export class WrittenReasons implements IPolicyValidationPlugin {
  readonly name = 'tagwright-written-reasons';
  readonly #root: IConstruct;

  constructor(root: IConstruct) {
    this.#root = root;
  }

  validate(): PolicyValidationPluginReport {
    applyWrittenReasons(this.#root);
    return { success: true, violations: [] };
  }
}
