import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { connectorNameProblem, entraNameProblem } from '../../src/design/name-rules.ts';
import { connectorBaseNames, connectorName } from '../../src/design/names.ts';

describe('names of connectors', () => {
  it.each([
    ['ipsec-wan0', 'Names of connectors must not begin with "ipsec"'],
    ['IPsec', 'Names of connectors must not begin with "ipsec"'],
    ['mast1', 'Names of connectors must not begin with "mast"'],
    ['', 'Names of connectors hold letters, digits, "-" and "_" of ASCII only'],
    ['mssse wan0', 'Names of connectors hold letters, digits, "-" and "_" of ASCII only'],
    ['mssse-ge-0/0/0', 'Names of connectors hold letters, digits, "-" and "_" of ASCII only'],
    ['mssse-wän', 'Names of connectors hold letters, digits, "-" and "_" of ASCII only'],
    ['{{name}}', 'Names of connectors hold letters, digits, "-" and "_" of ASCII only'],
  ])('%j is refused', (name, message) => {
    expect(connectorNameProblem(name)).toBe(message);
  });

  it.each(['mssse-wan0', 'my_ipsec', 'to-mast', 'A1'])('%s is good', (name) => {
    expect(connectorNameProblem(name)).toBeUndefined();
  });

  it('that are made from WAN ports are good, whatever the ports are called', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 2 }), (wans) => {
        for (const base of connectorBaseNames(wans)) {
          expect(connectorNameProblem(connectorName(base, 'single-tunnel', 1))).toBeUndefined();
          expect(connectorNameProblem(connectorName(base, 'tunnel-per-zone', 2))).toBeUndefined();
        }
      }),
    );
  });
});

describe('names in Entra', () => {
  it.each([
    ['', 'Names in Entra must not be empty'],
    ['  ', 'Names in Entra must not be empty'],
    [' Lyon', 'Names in Entra must not begin or end with a space'],
    ['Lyon ', 'Names in Entra must not begin or end with a space'],
    ['Ly\non', 'Names in Entra must not hold line breaks or invisible characters'],
    ['Ly\u200bon', 'Names in Entra must not hold line breaks or invisible characters'],
  ])('%j is refused', (name, message) => {
    expect(entraNameProblem(name)).toBe(message);
  });

  it.each(['Lyon', 'Store 12 / Floor 2', 'Genève', '東京'])('%s is good', (name) => {
    expect(entraNameProblem(name)).toBeUndefined();
  });
});
