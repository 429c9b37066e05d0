/** A CloudFormation template, as far as it is looked at. */
export interface StackTemplate {
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Outputs?: Readonly<Record<string, TemplateOutput>>;
}

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

interface TemplateOutput {
  readonly Value: unknown;
  readonly Export?: { readonly Name: string };
}

/** A resource that was made. */
export interface MadeResource {
  /** What `Ref` gives. */
  readonly ref: string;
  /** What `Fn::GetAtt` gives, by attribute. */
  readonly attributes?: Readonly<Record<string, string>>;
}

/** Makes a resource; `resolved` gives a property with all that it refers to. */
export type MakeResource = (resource: {
  readonly id: string;
  readonly type: string;
  readonly resolved: (property: string) => Promise<unknown>;
}) => Promise<MadeResource>;

const PSEUDO_PARAMETERS: Readonly<Record<string, string>> = {
  'AWS::AccountId': '123456789012',
  'AWS::Region': 'us-east-1',
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
};

/** Templates whose resources are made when something first refers to them, as CloudFormation orders them. */
export class TemplateStacks {
  readonly #stacks: readonly StackTemplate[];
  readonly #make: MakeResource;
  readonly #made = new Map<TemplateResource, Promise<MadeResource>>();

  constructor(stacks: readonly StackTemplate[], make: MakeResource) {
    this.#stacks = stacks;
    this.#make = make;
  }

  /** Resources of a type in all stacks: each with its properties, resolved when asked for. */
  ofType(type: string) {
    return this.#stacks.flatMap((stack) =>
      Object.entries(stack.Resources)
        .filter(([, resource]) => resource.Type === type)
        .map(([id, resource]) => ({
          make: () => this.#madeOf(stack, id),
          resolved: (property: string) => this.#resolve(stack, resource.Properties?.[property]),
        })),
    );
  }

  #madeOf(stack: StackTemplate, id: string): Promise<MadeResource> {
    const resource = stack.Resources[id];
    if (resource === undefined) throw new Error(`template: there is no resource ${id}`);
    let made = this.#made.get(resource);
    if (made === undefined) {
      const resolved = (property: string): Promise<unknown> => this.#resolve(stack, resource.Properties?.[property]);
      made = this.#make({ id, type: resource.Type, resolved });
      this.#made.set(resource, made);
    }
    return made;
  }

  async #resolve(stack: StackTemplate, value: unknown): Promise<unknown> {
    if (Array.isArray(value)) return Promise.all(value.map((item) => this.#resolve(stack, item)));
    if (typeof value !== 'object' || value === null) return value;
    const [[key, argument], ...others] = Object.entries(value) as [[string, unknown], ...unknown[]];
    if (others.length === 0 && (key === 'Ref' || key.startsWith('Fn::'))) return this.#call(stack, key, argument);
    const entries = Object.entries(value).map(
      async ([name, item]) => [name, await this.#resolve(stack, item)] as const,
    );
    return Object.fromEntries(await Promise.all(entries));
  }

  async #call(stack: StackTemplate, name: string, argument: unknown): Promise<unknown> {
    switch (name) {
      case 'Ref': {
        const id = argument as string;
        return PSEUDO_PARAMETERS[id] ?? (await this.#madeOf(stack, id)).ref;
      }
      case 'Fn::GetAtt': {
        const [id, attribute] = argument as [string, string];
        const value = (await this.#madeOf(stack, id)).attributes?.[attribute];
        if (value === undefined) throw new Error(`template: ${id} has no attribute ${attribute}`);
        return value;
      }
      case 'Fn::Join': {
        const [separator, parts] = (await this.#resolve(stack, argument)) as [string, readonly string[]];
        return parts.join(separator);
      }
      case 'Fn::Select': {
        const [index, parts] = (await this.#resolve(stack, argument)) as [number | string, readonly unknown[]];
        return parts[Number(index)];
      }
      case 'Fn::Split': {
        const [separator, text] = (await this.#resolve(stack, argument)) as [string, string];
        return text.split(separator);
      }
      case 'Fn::Sub':
        return (argument as string).replaceAll(/\$\{(.*?)\}/g, (_, parameter: string) => PSEUDO_PARAMETERS[parameter]!);
      case 'Fn::ImportValue':
        return this.#import(argument as string);
      default:
        throw new Error(`template: ${name} is not known here`);
    }
  }

  #import(name: string): Promise<unknown> {
    for (const stack of this.#stacks) {
      const output = Object.values(stack.Outputs ?? {}).find(({ Export }) => Export?.Name === name);
      if (output !== undefined) return this.#resolve(stack, output.Value);
    }
    throw new Error(`template: nothing is exported as ${name}`);
  }
}
