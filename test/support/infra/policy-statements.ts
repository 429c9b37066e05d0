import type { Template } from 'aws-cdk-lib/assertions';

export interface PolicyStatement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource?: unknown;
  readonly Principal?: unknown;
  readonly Condition?: Readonly<Record<string, unknown>>;
}

/** A statement with the logical id of the resource that it stands in, and of the roles that it is for. */
export interface PlacedStatement {
  readonly where: string;
  readonly type: string;
  readonly roles: readonly string[];
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly statement: PolicyStatement;
}

interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** Every statement of every policy in a template: of roles, of people, of queues, buckets, keys and topics. */
export function policyStatements(template: Template): readonly PlacedStatement[] {
  const { Resources } = template.toJSON() as { Resources: Record<string, Resource> };
  return Object.entries(Resources).flatMap(([where, { Type, Properties = {} }]) =>
    documentsOf(Properties).flatMap(({ Statement }) =>
      Statement.map((statement) => ({
        where,
        type: Type,
        roles: ((Properties['Roles'] ?? []) as readonly { readonly Ref: string }[]).map(({ Ref }) => Ref),
        actions: [statement.Action].flat(),
        resources: [statement.Resource ?? []].flat().map(flat),
        statement,
      })),
    ),
  );
}

interface Document {
  readonly Statement: readonly PolicyStatement[];
}

/** Policy documents, wherever in the properties they are. */
function documentsOf(value: unknown): Document[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('Statement' in value && 'Version' in value) return [value as Document];
  return Object.values(value).flatMap(documentsOf);
}

/** An ARN as text, with references in angle brackets. */
export function flat(value: unknown): string {
  if (typeof value === 'string') return value;
  const [[kind, of]] = Object.entries(value as Record<string, unknown>) as [[string, unknown]];
  switch (kind) {
    case 'Fn::Join':
      return (of as [string, unknown[]])[1].map(flat).join((of as [string, unknown[]])[0]);
    case 'Fn::ImportValue':
    case 'Ref':
      return `<${flat(of)}>`;
    case 'Fn::GetAtt':
      return `<${(of as string[]).join('.')}>`;
    default:
      return JSON.stringify(value);
  }
}
