import { Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { PayloadCipher } from '../../storage/payload-cipher.js';

/** Standard Webhooks asks for 24 to 64. */
const SECRET_BYTES = 32;

/** A secret, and the form in which it is kept. */
export interface NewSecret {
  readonly secret: string;
  readonly sealed: Buffer;
}

/** Makes, seals and opens what webhooks are signed with. */
@Injectable()
export class WebhookSecrets {
  constructor(private readonly cipher: PayloadCipher) {}

  /** @param webhook is bound to the sealed form: another webhook's row cannot use it */
  async make(webhook: string): Promise<NewSecret> {
    const secret = `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
    return { secret, sealed: await this.cipher.seal(Buffer.from(secret), webhook) };
  }

  async open(sealed: Buffer, webhook: string): Promise<string> {
    return (await this.cipher.open(sealed, webhook)).toString();
  }
}
