import { type Answer, type ApiCall, type OperationTable, RATES } from './api/operation.js';
import { sparse } from './api/resource.js';

/** What an account says about itself: enough to see that a key works. https://developers.klaviyo.com/en/reference/get_accounts */
export class AccountsHandler {
  operations(): OperationTable {
    return {
      'GET /api/accounts': {
        scopes: ['accounts:read'],
        rate: RATES.xs,
        parameters: ['fields[account]'],
        answer: (call) => this.list(call),
      },
    };
  }

  private list(call: ApiCall): Answer {
    const { id } = call.account;
    const base = `${call.origin}/api/accounts`;
    const attributes = {
      test_account: true,
      contact_information: {
        default_sender_name: 'Sandbox',
        default_sender_email: 'sender@example.com',
        website_url: null,
        organization_name: `Sandbox account ${id}`,
        street_address: {
          address1: '1 Example Street',
          address2: null,
          city: 'Boston',
          region: 'MA',
          country: 'United States',
          zip: '02115',
        },
      },
      industry: null,
      timezone: 'US/Eastern',
      preferred_currency: 'USD',
      public_api_key: id,
      locale: 'en-US',
    };
    const shown = sparse(call.query, 'account', attributes);
    const data = [{ type: 'account', id, attributes: shown, links: { self: `${base}/${id}/` } }];
    return { status: 200, body: { data, links: { self: base, next: null, prev: null } } };
  }
}
