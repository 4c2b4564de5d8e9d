import { z } from 'zod';

const node = z.enum(['node0', 'node1']);
const size = z.int().min(56).max(65_535).optional();

/** Bodies of the commands that answer with a session (Mist OpenAPI `utils_*`, open objects). */
export const showRoute = z.looseObject({
  duration: z.int().min(0).max(300).optional(),
  interval: z.int().min(0).max(10).optional(),
  neighbor: z.string().optional(),
  // The OpenAPI has an object here, Juniper's Python client sends the plain name.
  node: z.union([z.looseObject({ node: node.optional() }), node]).optional(),
  prefix: z.string().optional(),
  protocol: z.enum(['any', 'bgp', 'direct', 'evpn', 'ospf', 'static']).optional(),
  route: z.string().optional(),
  vrf: z.string().optional(),
});

export const showBgpSummary = z.looseObject({ node: node.optional() });

export const showServicePath = z.looseObject({ node: node.optional(), service_name: z.string().optional() });

export const clearBgp = z.looseObject({
  neighbor: z.string(),
  node: node.optional(),
  type: z.enum(['hard', 'in', 'out', 'soft']),
  vrf: z.string().optional(),
});

export const ping = z.looseObject({
  count: z.int().optional(),
  egress_interface: z.string().optional(),
  host: z.string(),
  node: node.optional(),
  size,
  vrf: z.string().optional(),
});

export const servicePing = z.looseObject({
  count: z.int().optional(),
  host: z.string(),
  node: node.optional(),
  service: z.string(),
  size,
  tenant: z.string().optional(),
});

export const websocketSession = z.strictObject({ session: z.string() });
