import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { BOOLEAN, STRING } from '../types.ts';
import { formatted, param, text, type LibraryFunction } from './function.ts';

const NO_REGION = 'this is no region, such as ES';
const REGION = param('region', STRING, {
  written: (value) => (isSupportedCountry(text(value).toUpperCase()) ? undefined : NO_REGION),
});

/** Phone numbers, by the numbering plans of the regions (Google's libphonenumber). */
export const PHONE_FUNCTIONS: readonly LibraryFunction[] = [
  {
    name: 'phone.e164',
    params: [param('text', STRING), REGION],
    gives: 'text (phone)',
    doc: 'The number as E.164 writes it. A text without a country code is one of the region (ISO 3166, such as ES).',
    examples: [
      ["phone.e164('600 12 34 56', 'ES')", '+34600123456'],
      ["phone.e164('+44 20 7946 0958', 'ES')", '+442079460958'],
      ["try(phone.e164('12', 'ES'), 'no number')", 'no number'],
    ],
    infer: () => formatted('phone'),
    evaluate: ({ args: [written, region], fail }) => {
      const number = parse(text(written), text(region), fail);
      return number?.isValid() === true ? number.number : fail('this is no phone number of the region');
    },
  },
  {
    name: 'phone.valid',
    params: [param('text', STRING), REGION],
    gives: 'boolean',
    doc: 'Whether the text is a phone number that can be dialled.',
    examples: [["phone.valid('600 12 34 56', 'ES')", true]],
    infer: () => BOOLEAN,
    evaluate: ({ args: [written, region], fail }) => parse(text(written), text(region), fail)?.isValid() === true,
  },
];

function parse(
  written: string,
  region: string,
  fail: (message: string) => never,
): ReturnType<typeof parsePhoneNumberFromString> {
  const country = region.toUpperCase();
  if (!isSupportedCountry(country)) return fail(NO_REGION);
  return parsePhoneNumberFromString(written, { defaultCountry: country, extract: false });
}
