/** A place on earth in degrees, as Mist's `latlng` of a site. */
export interface LatLng {
  readonly lat: number;
  readonly lng: number;
}

/** An Azure region that Graph can name. */
export interface Region extends LatLng {
  /** Graph's enum member. */
  readonly id: string;
  readonly name: string;
  /** On Entra's list of regions for remote networks. Whether the service accepts the others is not known. */
  readonly documented: boolean;
}

function region(id: string, name: string, lat: number, lng: number): Region {
  return { id, name, lat, lng, documented: true };
}

function undocumented(id: string, name: string, lat: number, lng: number): Region {
  return { id, name, lat, lng, documented: false };
}

/**
 * All members of Graph's enum networkaccess region in its order; the last five come after `unknownFutureValue`.
 * Which are documented: Entra "Remote network configurations" (valid regions). Coordinates: approximate, of the metropolitan
 * area or state that Azure names for the region; good for choosing a neighbour, nothing else.
 */
export const REGIONS: readonly Region[] = [
  region('eastUS', 'East US', 37.37, -79.82),
  undocumented('eastUS2', 'East US 2', 36.67, -78.39),
  region('westUS', 'West US', 37.78, -122.42),
  region('westUS2', 'West US 2', 47.23, -119.85),
  region('westUS3', 'West US 3', 33.45, -112.07),
  region('centralUS', 'Central US', 41.59, -93.62),
  region('northCentralUS', 'North Central US', 41.88, -87.63),
  region('southCentralUS', 'South Central US', 29.42, -98.5),
  region('northEurope', 'North Europe', 53.35, -6.26),
  region('westEurope', 'West Europe', 52.37, 4.9),
  region('franceCentral', 'France Central', 48.86, 2.35),
  region('germanyWestCentral', 'Germany West Central', 50.11, 8.68),
  region('switzerlandNorth', 'Switzerland North', 47.45, 8.56),
  region('ukSouth', 'UK South', 51.51, -0.13),
  region('canadaEast', 'Canada East', 46.82, -71.22),
  region('canadaCentral', 'Canada Central', 43.65, -79.38),
  region('southAfricaWest', 'South Africa West', -33.92, 18.42),
  region('southAfricaNorth', 'South Africa North', -26.2, 28.05),
  region('uaeNorth', 'UAE North', 25.27, 55.32),
  region('australiaEast', 'Australia East', -33.86, 151.21),
  region('westCentralUS', 'West Central US', 41.14, -104.82),
  region('centralIndia', 'Central India', 18.58, 73.92),
  region('southEastAsia', 'Southeast Asia', 1.28, 103.83),
  region('swedenCentral', 'Sweden Central', 60.67, 17.14),
  region('southIndia', 'South India', 12.98, 80.16),
  region('australiaSouthEast', 'Australia Southeast', -37.81, 144.96),
  region('koreaCentral', 'Korea Central', 37.57, 126.98),
  region('polandCentral', 'Poland Central', 52.23, 21.02),
  region('brazilSouth', 'Brazil South', -23.55, -46.63),
  region('japanEast', 'Japan East', 35.68, 139.77),
  region('japanWest', 'Japan West', 34.69, 135.5),
  region('koreaSouth', 'Korea South', 35.18, 129.08),
  region('italyNorth', 'Italy North', 45.47, 9.18),
  region('franceSouth', 'France South', 43.3, 5.37),
  region('israelCentral', 'Israel Central', 32.07, 34.79),
  undocumented('taiwanNorth', 'Taiwan North', 25.09, 121.56),
  undocumented('mexicoCentral', 'Mexico Central', 20.59, -100.39),
  undocumented('spainCentral', 'Spain Central', 40.43, -3.42),
  undocumented('jioIndiaCentral', 'Jio India Central', 21.15, 79.09),
  undocumented('brazilSouthEast', 'Brazil Southeast', -22.91, -43.21),
];

/** The region with this Graph id, `undefined` when there is none. Case matters, as in Graph. */
export function findRegion(id: string): Region | undefined {
  return REGIONS.find((candidate) => candidate.id === id);
}

const EARTH_RADIUS_KM = 6371;

/** Great-circle distance in kilometres. */
export function distanceKm(from: LatLng, to: LatLng): number {
  const rad = Math.PI / 180;
  const half = (a: number, b: number) => Math.sin(((b - a) * rad) / 2) ** 2;
  const chord =
    half(from.lat, to.lat) + Math.cos(from.lat * rad) * Math.cos(to.lat * rad) * half(from.lng, to.lng);
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(chord)));
}

/** The nearest region of Entra's documented list; `undefined` for a place that is not on earth. */
export function nearestRegion(place: LatLng): Region | undefined {
  if (!(Math.abs(place.lat) <= 90) || !(Math.abs(place.lng) <= 180)) return undefined;
  let nearest: Region | undefined;
  for (const candidate of REGIONS) {
    if (!candidate.documented) continue;
    if (nearest === undefined || distanceKm(place, candidate) < distanceKm(place, nearest))
      nearest = candidate;
  }
  return nearest;
}
