import { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { OBJECT_ACCESS } from '../access.ts';
import type { Lake } from './lake.ts';
import { grantObjects } from './object-grants.ts';
import type { SigningKey } from './signing-key.ts';

export interface PeopleProps {
  readonly lake: Lake;
  readonly signingKey: SigningKey;
}

/** Policies for people, to be attached to whatever role an organisation gives them: who uploads, and who operates. */
export class People extends Construct {
  readonly uploader: ManagedPolicy;
  readonly operator: ManagedPolicy;

  constructor(scope: Construct, id: string, { lake, signingKey }: PeopleProps) {
    super(scope, id);
    this.uploader = new ManagedPolicy(this, 'Uploader', { description: 'Tagwright: uploads datasets' });
    grantObjects(this.uploader, lake, OBJECT_ACCESS.uploader);
    this.operator = new ManagedPolicy(this, 'Operator', {
      description: 'Tagwright: promotes and rolls back models, brings test sets and encoders',
    });
    grantObjects(this.operator, lake, OBJECT_ACCESS.operator);
    signingKey.grantVerify(this.operator);
  }
}
