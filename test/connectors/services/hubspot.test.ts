import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from '../../../src/json/value.ts';
import { json, outputOf } from '../local-service.ts';
import { ServiceUnderTest } from './contract.ts';

const service = new ServiceUnderTest('hubspot', { token: 'pat-eu1-11111111-2222-3333' });
const objects = '/crm/objects/2026-03';
const ada = { email: 'ada@example.com', firstname: 'Ada', lastname: 'Okafor' };
/** Every field that a contact can be given, but its address. */
const allOfAda = {
  firstname: 'Ada',
  lastname: 'Okafor',
  phone: '+4930123456',
  company: 'Acme',
  jobtitle: 'CTO',
  website: 'https://acme.example',
  lifecyclestage: 'customer',
  hubspot_owner_id: '41629779',
};
const adaFound = { ...ada, createdate: '2026-03-02T09:15:00.000Z', lastmodifieddate: '2026-03-02T09:15:00.000Z' };
const made = { createdAt: '2026-03-02T09:15:00.000Z', updatedAt: '2026-03-02T09:15:00.000Z', archived: false };
const contact = { id: '451', properties: { ...adaFound, hs_object_id: '451' }, ...made };
const acme = {
  name: 'Acme',
  domain: 'acme.example',
  phone: '+4930123456',
  city: 'Berlin',
  country: 'Germany',
  industry: 'COMPUTER_SOFTWARE',
  hubspot_owner_id: '41629779',
};
const deal = {
  dealname: 'Acme, 20 seats',
  dealstage: 'appointmentscheduled',
  pipeline: 'default',
  amount: '1500.00',
  closedate: '2026-04-01T00:00:00Z',
  hubspot_owner_id: '41629779',
};
const ticket = {
  subject: 'Invoice missing',
  content: 'I cannot find it.',
  hs_pipeline: '0',
  hs_pipeline_stage: '2',
  hs_ticket_priority: 'HIGH',
  hubspot_owner_id: '41629779',
};
const association = (id: string, associationTypeId: number): Json => ({
  to: { id },
  types: [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId }],
});

service.testActions(undefined, {
  find_contact_by_email: {
    input: { email: 'ada@example.com', properties: ['email'] },
    operation: 'POST',
    url: `${objects}/contacts/search`,
    body: {
      filterGroups: [{ filters: [{ propertyName: 'email', operator: 'EQ', value: 'ada@example.com' }] }],
      properties: ['email'],
      limit: 1,
    },
    answer: { total: 1, results: [contact] },
  },
  create_contact: {
    input: { email: 'ada@example.com', ...allOfAda, properties: { favourite_tea: 'green' } },
    operation: 'POST',
    url: `${objects}/contacts`,
    body: { properties: { email: 'ada@example.com', ...allOfAda, favourite_tea: 'green' } },
    status: 201,
  },
  upsert_contact: {
    input: { email: 'ada@example.com', ...allOfAda, properties: { favourite_tea: 'green' } },
    operation: 'POST',
    url: `${objects}/contacts/batch/upsert`,
    body: {
      inputs: [
        {
          idProperty: 'email',
          id: 'ada@example.com',
          properties: { email: 'ada@example.com', ...allOfAda, favourite_tea: 'green' },
        },
      ],
    },
    answer: { status: 'COMPLETE', results: [{ ...contact, new: true }] },
  },
  update_contact: {
    input: { contact_id: '451', email: 'ada@example.com', ...allOfAda, properties: { favourite_tea: '' } },
    operation: 'PATCH',
    url: `${objects}/contacts/451`,
    body: { properties: { email: 'ada@example.com', ...allOfAda, favourite_tea: '' } },
  },
  create_company: {
    input: { ...acme, properties: { founded_year: '1990' } },
    operation: 'POST',
    url: `${objects}/companies`,
    body: { properties: { ...acme, founded_year: '1990' } },
    status: 201,
  },
  create_deal: {
    input: { ...deal, contact_id: '451', company_id: '7801', properties: { dealtype: 'newbusiness' } },
    operation: 'POST',
    url: `${objects}/deals`,
    body: {
      properties: { ...deal, dealtype: 'newbusiness' },
      associations: [association('451', 3), association('7801', 341)],
    },
    status: 201,
  },
  update_deal: {
    input: { deal_id: '9001', ...deal, properties: { dealtype: 'newbusiness' } },
    operation: 'PATCH',
    url: `${objects}/deals/9001`,
    body: { properties: { ...deal, dealtype: 'newbusiness' } },
  },
  create_ticket: {
    input: { ...ticket, contact_id: '451', company_id: '7801', properties: { hs_ticket_category: 'BILLING_ISSUE' } },
    operation: 'POST',
    url: `${objects}/tickets`,
    body: {
      properties: { ...ticket, hs_ticket_category: 'BILLING_ISSUE' },
      associations: [association('451', 16), association('7801', 339)],
    },
    status: 201,
  },
  create_note: {
    input: {
      body: 'Asked for a quote.',
      timestamp: '2026-03-02T09:15:00Z',
      contact_id: '451',
      company_id: '7801',
      deal_id: '9001',
      ticket_id: '3301',
      hubspot_owner_id: '41629779',
    },
    operation: 'POST',
    url: `${objects}/notes`,
    body: {
      properties: {
        hs_note_body: 'Asked for a quote.',
        hs_timestamp: '2026-03-02T09:15:00Z',
        hubspot_owner_id: '41629779',
      },
      associations: [
        association('451', 202),
        association('7801', 190),
        association('9001', 214),
        association('3301', 228),
      ],
    },
    status: 201,
  },
  create_task: {
    input: {
      subject: 'Call Acme',
      due: '2026-03-05T09:00:00Z',
      body: 'About the quote.',
      priority: 'HIGH',
      kind: 'CALL',
      contact_id: '451',
      company_id: '7801',
      deal_id: '9001',
      ticket_id: '3301',
      hubspot_owner_id: '41629779',
    },
    operation: 'POST',
    url: `${objects}/tasks`,
    body: {
      properties: {
        hs_task_subject: 'Call Acme',
        hs_timestamp: '2026-03-05T09:00:00Z',
        hs_task_body: 'About the quote.',
        hs_task_priority: 'HIGH',
        hs_task_type: 'CALL',
        hs_task_status: 'NOT_STARTED',
        hubspot_owner_id: '41629779',
      },
      associations: [
        association('451', 204),
        association('7801', 192),
        association('9001', 216),
        association('3301', 230),
      ],
    },
    status: 201,
  },
  get_record: {
    input: { object_type: 'contacts', id: '451', properties: ['email', 'phone'] },
    operation: 'GET',
    url: `${objects}/contacts/451?properties=email%2Cphone`,
  },
  update_record: {
    input: { object_type: 'companies', id: '7801', properties: { name: 'Acme' } },
    operation: 'PATCH',
    url: `${objects}/companies/7801`,
    body: { properties: { name: 'Acme' } },
  },
  search_records: {
    input: {
      object_type: 'contacts',
      filters: [
        { property: 'lifecyclestage', operator: 'IN', values: ['lead', 'customer'] },
        { property: 'createdate', operator: 'BETWEEN', value: '1', high_value: '2' },
      ],
      query: 'Ada',
      properties: ['email'],
      sort_by: 'createdate',
      descending: true,
      limit: 50,
    },
    operation: 'POST',
    url: `${objects}/contacts/search`,
    body: {
      filterGroups: [
        {
          filters: [
            { propertyName: 'lifecyclestage', operator: 'IN', values: ['lead', 'customer'] },
            { propertyName: 'createdate', operator: 'BETWEEN', value: '1', highValue: '2' },
          ],
        },
      ],
      query: 'Ada',
      properties: ['email'],
      sorts: [{ propertyName: 'createdate', direction: 'DESCENDING' }],
      limit: 50,
    },
    answer: { total: 1, results: [contact] },
  },
  associate_records: {
    input: { from_type: 'contacts', from_id: '451', to_type: 'companies', to_id: '7801' },
    operation: 'PUT',
    url: `${objects}/contacts/451/associations/default/companies/7801`,
  },
  list_owners: {
    input: {},
    operation: 'GET',
    url: '/crm/owners/2026-03?limit=500',
    answer: { results: [{ id: '41629779', email: 'sam@acme.example', firstName: 'Sam', lastName: 'Lee' }] },
  },
  list_pipelines: {
    input: { object_type: 'deals' },
    operation: 'GET',
    url: '/crm/pipelines/2026-03/deals',
    answer: {
      results: [
        {
          id: 'default',
          label: 'Sales pipeline',
          stages: [
            { id: 'appointmentscheduled', label: 'Appointment scheduled' },
            { id: 'closedwon', label: 'Closed won' },
          ],
        },
      ],
    },
  },
});

test('hubspot: the key is a bearer token; the test names the account', async () => {
  const { outcome, received } = await service.call(undefined, {}, (_request, response) =>
    json(response, { portalId: 62515, accountType: 'STANDARD' }),
  );
  assert.deepEqual(outputOf(outcome), { identity: 'HubSpot account 62515 (STANDARD)' });
  assert.equal(received[0]?.url, '/account-info/2026-03/details');
  assert.equal(received[0]?.headers.authorization, 'Bearer pat-eu1-11111111-2222-3333');
});

test('hubspot: searches go on by the cursor, until there is none or the limit is reached', async () => {
  const { outcome, received } = await service.call(
    'search_records',
    { object_type: 'deals', limit: 300 },
    (request, response) => {
      const { after } = JSON.parse(request.body) as { after?: string };
      const results = Array.from({ length: 200 }, (_item, index) => ({ id: `${index}`, properties: {} }));
      json(response, { total: 900, results, paging: { next: { after: String(Number(after ?? 0) + 200) } } });
    },
  );
  const { records, more } = outputOf(outcome) as { records: object[]; more: boolean };
  assert.deepEqual([records.length, more, received.length], [300, true, 2]);
  assert.deepEqual(
    received.map(({ body }) => (JSON.parse(body) as { after?: string }).after),
    [undefined, '200'],
  );
  const { outcome: none } = await service.call(
    'find_contact_by_email',
    { email: 'a@b.example' },
    (_request, response) => json(response, { total: 0, results: [] }),
  );
  assert.deepEqual(outputOf(none), { found: false });
});

test('hubspot: failures are told apart', async () => {
  const read = (status: number, body: Json): ReturnType<typeof service.failure> =>
    service.failure('list_owners', {}, status, body);
  const scopes = {
    category: 'MISSING_SCOPES',
    message: 'No.',
    errors: [{ context: { requiredGranularScopes: ['crm.objects.owners.read'] } }],
  };
  const missing = await read(403, scopes);
  assert.equal(missing.class, 'credential');
  assert.match(missing.message, /lacks a scope: crm\.objects\.owners\.read/);
  assert.equal((await read(401, { message: 'expired', category: 'EXPIRED_AUTHENTICATION' })).class, 'credential');
  const daily = await read(429, { policyName: 'DAILY', message: 'You have reached your daily limit.' });
  assert.equal(daily.class, 'permanent');
  const rolling = await read(429, { policyName: 'TEN_SECONDLY_ROLLING', message: 'Ten secondly.' });
  assert.deepEqual([rolling.class, rolling.retryAfterMs], ['retryable', 10_000]);
  assert.deepEqual([(await read(423, {})).class, (await read(477, {})).class], ['retryable', 'retryable']);
  const twice = await service.failure('create_contact', ada, 409, {
    message: 'Contact already exists. Existing ID: 451',
  });
  assert.equal(twice.class, 'permanent');
  assert.match(twice.help ?? '', /upsert_contact/);
  const invalid = await service.failure('create_contact', ada, 400, { message: 'Property values were not valid' });
  assert.equal(invalid.class, 'permanent');
  assert.match(invalid.message, /Property values were not valid/);
  assert.equal((await service.failure('create_contact', ada, 502, {})).class, 'uncertain');
});

test('hubspot: what is not named is not sent, but for the pipeline that tickets need', async () => {
  const { received } = await service.call('create_ticket', { subject: 'Help' }, (_request, response) =>
    json(response, { id: '1', properties: {} }, 201),
  );
  assert.deepEqual(JSON.parse(received[0]?.body ?? ''), {
    properties: { hs_pipeline: '0', hs_pipeline_stage: '1', subject: 'Help' },
    associations: [],
  });
});
