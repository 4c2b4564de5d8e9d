/** The direction of imports, as docs/architecture.md §2 states it. */
const ours = '^(src|db|sandbox|test|bench)/';
const forbid = (name, from, to, comment, extra = {}) => ({
  name,
  severity: 'error',
  comment,
  from: { path: from, ...extra.from },
  to: { path: to, ...extra.to },
});

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    forbid(
      'base-stands-alone',
      '^src/base/',
      '^(src/(?!base/)|db/|sandbox/)',
      'base is what every room stands on',
    ),
    forbid('design-is-pure', '^src/design/', ours, 'design imports nothing of ours', {
      to: { pathNot: '^src/design/' },
    }),
    forbid('design-has-no-io', '^src/design/', '^(node:|fs|http|net)', 'design does no I/O', {
      to: { pathNot: '^node:crypto$' },
    }),
    forbid(
      'integrations-import-design',
      '^src/integrations/',
      ours,
      'integrations may use design and base only',
      {
        to: { pathNot: '^src/(integrations|design|base)/' },
      },
    ),
    forbid(
      'integrations-do-not-know-each-other',
      '^src/integrations/([^/]+)/',
      '^src/integrations/([^/]+)/',
      'one system per folder',
      {
        to: { pathNot: '^src/integrations/$1/' },
      },
    ),
    forbid(
      'flows-do-not-render',
      '^src/flows/',
      '^src/(commands/|bot|main|config)|^src/integrations/slack/',
      'flows never render',
    ),
    forbid(
      'db-is-below-flows',
      '^db/',
      '^src/(?!base/|design/|flows/types)|^sandbox/',
      'db stores what flows hand it',
    ),
    forbid(
      'commands-are-thin',
      '^src/commands/',
      '^(src/(bot|main)|db/|src/integrations/(entra|mist)/)',
      'parse, call a flow, render',
    ),
    forbid('only-main-imports-bot', '^(src|db)/(?!main\\.ts)', '^src/bot\\.ts$', 'only main imports bot'),
    forbid('sandbox-apart', '^sandbox/', '^(src|db)/', 'the bot and its double cannot share a mistake'),
    forbid('src-apart', '^(src|db)/', '^(sandbox|test|bench)/', 'the bot does not know its double'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.cjs', '.json'] },
  },
};
