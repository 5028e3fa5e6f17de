import { expect, test } from 'vitest';
import { matchesPattern, ruleLevel } from '../../src/lint/rule-level.ts';
import type { RuleSettings } from '../../src/model/rule-settings.ts';

const level = (settings: RuleSettings, ...relations: string[]): string =>
  ruleLevel({ id: 'scan-under-lock' }, 'warning', relations, settings);

test('a rule keeps its own severity unless somebody says otherwise', () => {
  expect(level({}, 'public.a')).toBe('warning');
  expect(level({ 'data-loss': 'off' }, 'public.a')).toBe('warning');
  expect(level({ 'scan-under-lock': 'off' }, 'public.a')).toBe('off');
  expect(level({ 'scan-under-lock': { severity: 'error' } })).toBe('error');
  expect(level({ 'scan-under-lock': {} })).toBe('warning');
});

test('tables have their own, and the longest pattern is meant', () => {
  const settings: RuleSettings = {
    'scan-under-lock': {
      severity: 'info',
      tables: { 'public.big_*': 'error', 'public.big_but_idle': 'off', 'archive.*': 'off' },
    },
  };
  expect(level(settings, 'public.a')).toBe('info');
  expect(level(settings, 'public.big_orders')).toBe('error');
  expect(level(settings, 'public.big_but_idle')).toBe('off');
  expect(level(settings, 'archive."Old.Orders"')).toBe('off');
});

test('of several tables the one that may be harmed most decides', () => {
  const settings: RuleSettings = { 'scan-under-lock': { tables: { 'archive.*': 'off', 'public.hot': 'error' } } };
  expect(level(settings, 'archive.a', 'public.b')).toBe('warning');
  expect(level(settings, 'archive.a', 'public.hot', 'public.b')).toBe('error');
  expect(level(settings, 'archive.a', 'archive.b')).toBe('off');
});

test('a pattern is not a regular expression', () => {
  expect(matchesPattern('public.orders', 'public.orders')).toBe(true);
  expect(matchesPattern('publicXorders', 'public.orders')).toBe(false);
  expect(matchesPattern('public.orders_old', 'public.orders')).toBe(false);
  expect(matchesPattern('shop.big_orders', '*.big_*')).toBe(true);
});
