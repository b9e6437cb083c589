"""Reference decoder: network outputs -> vertebra instances along one best chain.

The C++ pipeline ports this file; parameters are in `DecodeParameters`, all lengths in mm.

Frames. Arrays are z,y,x with LPS axes (x -> patient left, y -> posterior, z -> superior); a
position in mm is (z, y, x) = index * spacing. Input of `decode`:

    probabilities  float [8, z, y, x]   softmax over the classes below
    offsets_mm     float [3, z, y, x]   vector (z, y, x) from the voxel to the centre of its own body
    level          float [z, y, x]      level number, C1 = 1 .. C7 = 7, T1 = 8 .. T12 = 19, L1 = 20 .. L5 = 24

Steps: follow the offsets -> vote -> smooth -> local maxima -> suppress -> best chain (dynamic programming, second order)
-> voxels to centres -> fragments -> chain ends (stumps, S1).
"""

from dataclasses import dataclass, field

import numpy as np
from scipy import ndimage

BACKGROUND, BODY, ARCH, DISC, SACRUM, CANAL, RIB, OTHER_BONE = range(8)


@dataclass(frozen=True)
class DecodeParameters:
    """Every number the decoder uses."""

    spacing_mm: float = 2.0
    vote_threshold: float = 0.4  # P(body) + P(arch) of a voxel that votes
    follow_steps: int = 2  # times that a vote is moved on by the offset read where it fell
    follow_threshold: float = 0.3  # P(body) + P(arch) there; elsewhere a vote stays
    follow_reach: float = 0.4  # of the spacing at the level read there: a longer offset leads to another centre
    body_vote_weight: float = 2.0  # a body voxel counts this often, an arch voxel once
    smoothing_mm: float = 3.0  # Gaussian sigma over the vote map
    beyond_mm: float = 20.0  # votes count this far outside the field: centres of cut vertebrae
    peak_minimum: float = 0.15  # of the strongest peak, each by the volume expected at its level
    suppression: float = 0.5  # of the spacing expected at the stronger peak's level
    gather: float = 0.5  # of the spacing: votes within count as the peak's volume
    relative_volume_cap: float = 1.2
    minimum_relative_volume: float = 0.12  # a peak below this cannot be a node of the chain
    node_cost: float = 0.35  # each node has to earn this much
    distance_weight: float = 0.35  # * |log(distance / expected)| ** distance_power
    distance_power: float = 1.5
    turning_weight: float = 1.0  # * (1 - cos(angle between consecutive steps))
    level_weight: float = 0.10  # * |level step read - steps expected by distance|
    longest_step: float = 2.6  # spacings
    shortest_step: float = 0.45  # spacings
    steepest_sideways: float = 1.0  # |horizontal| <= this * vertical for a step
    instance_threshold: float = 0.35  # P(body) + P(arch) of a voxel given to an instance
    instance_reach: float = 0.5  # spacings between a voxel's vote and its centre
    fragment_share: float = 0.15  # smaller components of an instance are dropped
    minimum_volume_ml: float = 1.0
    # Chain end smaller than this share of its neighbour, both by the volume expected (a larger
    # neighbour counts as one): dropped unless cut.
    end_share: float = 0.4
    sacral_reach_mm: float = 6.0
    sacral_contact: float = 0.2  # lowest instance: share of its voxels this near to the sacrum, and
    sacral_probability: float = 0.05  # mean P(sacrum) in it, above which it is S1, not a vertebra
    edge_voxels: int = 1  # a mask this near to the border of the field counts as cut
    sacrum_threshold: float = 0.5
    sacrum_minimum_ml: float = 20.0
    # Distance to the next centre below and volume of a whole vertebra, by level number. C2 stands
    # out: its dens reaches up into C1.
    level_knots: tuple = (1.0, 2.0, 3.0, 7.0, 8.0, 13.0, 19.0, 22.0, 24.0)
    spacing_knots_mm: tuple = (18.0, 21.0, 17.0, 17.5, 19.5, 24.0, 31.0, 37.0, 37.0)
    volume_knots_ml: tuple = (9.0, 14.0, 10.0, 13.0, 18.0, 24.0, 48.0, 64.0, 66.0)

    def expected_spacing(self, level):
        return float(np.interp(level, self.level_knots, self.spacing_knots_mm))

    def smallest_share(self):
        return min(self.volume_knots_ml) / max(self.volume_knots_ml)

    def expected_volume(self, level):
        return float(np.interp(level, self.level_knots, self.volume_knots_ml))


@dataclass
class Peak:
    """A local maximum of the vote map."""

    position_mm: np.ndarray  # z, y, x
    votes: float  # smoothed vote density at the peak
    level: float  # weighted mean of the level numbers that voted for it
    relative_volume: float  # volume that votes for it / volume expected at its level
    body_share: float  # share of body voxels in that volume


@dataclass
class Decoded:
    """Instances from top to bottom; label i + 1 in `instances` is vertebrae[i]."""

    instances: np.ndarray  # uint8 z,y,x
    body: np.ndarray  # bool: the voxel of an instance is body, else posterior elements
    sacrum: np.ndarray  # bool
    vertebrae: list = field(default_factory=list)  # dicts: centre_mm, level, volume_ml, whole
    peaks: list = field(default_factory=list)


def voted_positions(index, vertebra, offsets_mm, level, p):
    """Where the voxels `index` [n, 3] vote, in mm [n, 3].

    Offsets far from a centre fall short of it (a regression's mean over what could be); near a
    centre they are right. So a vote is moved on by the offset read at the place where it fell,
    unless that one is long: C1's centre lies in C2's dens.
    """
    size = np.array(vertebra.shape)
    position = index * p.spacing_mm + offsets_mm[(slice(None),) + tuple(index.T)].T
    for _ in range(p.follow_steps):
        nearest = np.rint(position / p.spacing_mm).astype(int)
        cell = tuple(np.clip(nearest, 0, size - 1).T)
        inside = np.all((nearest >= 0) & (nearest < size), axis=1)
        inside &= vertebra[cell] > p.follow_threshold
        onwards = offsets_mm[(slice(None),) + cell].T
        inside &= np.linalg.norm(onwards, axis=1) <= p.follow_reach * np.interp(
            level[cell], p.level_knots, p.spacing_knots_mm)
        position = position + onwards * inside[:, None]
    return position


def margin(p):
    return int(np.ceil(p.beyond_mm / p.spacing_mm))


def vote(probabilities, offsets_mm, level, p):
    """Smoothed vote map, `margin(p)` cells wider than the field on every side, and the voting
    voxels (voted position in mm, weight, level, body)."""
    vertebra = probabilities[BODY] + probabilities[ARCH]
    index = np.argwhere(vertebra > p.vote_threshold)
    where = tuple(index.T)
    is_body = probabilities[BODY][where] > probabilities[ARCH][where]
    position = voted_positions(index, vertebra, offsets_mm, level, p)
    weight = vertebra[where] * np.where(is_body, p.body_vote_weight, 1.0)
    shape = tuple(n + 2 * margin(p) for n in vertebra.shape)
    cell = np.rint(position / p.spacing_mm).astype(int) + margin(p)
    inside = np.all((cell >= 0) & (cell < shape), axis=1)
    flat = np.ravel_multi_index(tuple(cell[inside].T), shape)
    votes = np.bincount(flat, weight[inside], minlength=int(np.prod(shape))).reshape(shape)
    votes = ndimage.gaussian_filter(votes, p.smoothing_mm / p.spacing_mm, mode="constant")
    return votes, position, vertebra[where], level[where], is_body


def find_peaks(votes, position, share, levels, is_body, p):
    """Local maxima, strongest first; weaker ones too near to a stronger one are suppressed."""
    if votes.max() <= 0:
        return []
    # A neck gives far fewer votes than a loin: the smallest vertebra's share here, its own below.
    least = p.peak_minimum * p.smallest_share() * votes.max()
    top = (votes == ndimage.maximum_filter(votes, 3)) & (votes > least)
    candidates = np.argwhere(top)
    order = np.argsort(-votes[top], kind="stable")
    peaks, strongest = [], 0.0
    for z, y, x in candidates[order]:
        centre = (np.array([z, y, x]) - margin(p)) * p.spacing_mm
        distance = np.linalg.norm(position - centre, axis=1)
        near = distance < 8.0
        if not near.any():
            continue
        read = float(np.average(levels[near], weights=share[near]))
        spacing = p.expected_spacing(read)
        density = votes[z, y, x] / p.expected_volume(read)
        if density < p.peak_minimum * strongest:
            continue
        if any(np.linalg.norm(q.position_mm - centre) < p.suppression * p.expected_spacing(q.level)
               for q in peaks):
            continue
        near = distance < p.gather * spacing
        volume = share[near].sum() * p.spacing_mm**3 / 1000.0
        strongest = strongest or density
        peaks.append(Peak(centre, float(votes[z, y, x]), read, volume / p.expected_volume(read),
                          float(share[near & is_body].sum() / share[near].sum())))
    return peaks


def node_score(peak, p):
    return min(peak.relative_volume, p.relative_volume_cap) + peak.body_share - p.node_cost


def step_cost(upper, lower, p):
    """Cost of going from `upper` to `lower`, or None where no such step is allowed."""
    delta = upper.position_mm - lower.position_mm
    distance = float(np.linalg.norm(delta))
    expected = 0.5 * (p.expected_spacing(upper.level) + p.expected_spacing(lower.level))
    if not p.shortest_step * expected <= distance <= p.longest_step * expected:
        return None
    if delta[0] <= 0 or np.hypot(delta[1], delta[2]) > p.steepest_sideways * delta[0]:
        return None
    cost = p.distance_weight * abs(np.log(distance / expected)) ** p.distance_power
    return cost + p.level_weight * min(abs((lower.level - upper.level) - distance / expected), 3.0)


def best_chain(peaks, p):
    """Indices of the peaks on the best chain, top to bottom. States are steps (upper, lower)."""
    nodes = [i for i, q in enumerate(peaks) if q.relative_volume >= p.minimum_relative_volume]
    if not nodes:
        return []
    nodes.sort(key=lambda i: -peaks[i].position_mm[0])
    best_score = max(node_score(peaks[i], p) for i in nodes)
    best = (max(nodes, key=lambda i: node_score(peaks[i], p)),)
    score, previous = {}, {}
    for lower in nodes:
        for upper in nodes:
            cost = step_cost(peaks[upper], peaks[lower], p)
            if cost is None:
                continue
            gain = node_score(peaks[lower], p) - cost
            value, source = node_score(peaks[upper], p) + gain, None
            direction = peaks[lower].position_mm - peaks[upper].position_mm
            for first in nodes:
                if (first, upper) not in score:
                    continue
                before = peaks[upper].position_mm - peaks[first].position_mm
                cosine = before @ direction / np.linalg.norm(before) / np.linalg.norm(direction)
                longer = score[first, upper] + gain - p.turning_weight * (1.0 - cosine)
                if longer > value:
                    value, source = longer, (first, upper)
            score[upper, lower], previous[upper, lower] = value, source
            if value > best_score:
                best_score, best = value, (upper, lower)
    if len(best) == 1:
        return list(best)
    chain, step = [best[1]], best
    while step is not None:
        chain.append(step[0])
        step = previous[step]
    return chain[::-1]


def assign(probabilities, offsets_mm, level, chain, p):
    """Label volume: each vertebra voxel goes to the centre nearest to where it votes."""
    vertebra = probabilities[BODY] + probabilities[ARCH]
    labels = np.zeros(vertebra.shape, np.uint8)
    if not chain:
        return labels
    index = np.argwhere(vertebra > p.instance_threshold)
    where = tuple(index.T)
    position = voted_positions(index, vertebra, offsets_mm, level, p)
    reach = np.array([p.instance_reach * p.expected_spacing(q.level) for q in chain])
    distance = np.stack([np.linalg.norm(position - q.position_mm, axis=1) for q in chain], axis=1)
    nearest = distance.argmin(axis=1)
    near = distance[np.arange(len(nearest)), nearest] < reach[nearest]
    labels[where] = np.where(near, nearest + 1, 0)
    for k in range(1, len(chain) + 1):
        parts, count = ndimage.label(labels == k, np.ones((3, 3, 3)))
        if count > 1:
            sizes = np.bincount(parts.ravel())[1:]
            small = np.flatnonzero(sizes < p.fragment_share * sizes.max()) + 1
            labels[np.isin(parts, small)] = 0
    return labels


def touches_edge(mask, p):
    e = p.edge_voxels
    inner = mask[e:-e, e:-e, e:-e].sum()
    return bool(inner < mask.sum())


def find_sacrum(probabilities, p):
    """Largest component of the sacrum if it is large enough, else nothing."""
    sacrum = probabilities[SACRUM] > p.sacrum_threshold
    parts, count = ndimage.label(sacrum)
    if count == 0:
        return sacrum
    sizes = np.bincount(parts.ravel())[1:]
    if sizes.max() * p.spacing_mm**3 / 1000.0 < p.sacrum_minimum_ml:
        return np.zeros_like(sacrum)
    return parts == int(sizes.argmax()) + 1


def is_sacral(mask, near_sacrum, sacrum_probability, small, p):
    """The lowest instance is S1: much of it lies at the sacrum, half as much if it is far too small (in a
    narrow field every vertebra touches the edge, which is no excuse here), and the network half says so."""
    return (near_sacrum[mask].mean() > p.sacral_contact * (0.5 if small else 1.0)
            and sacrum_probability[mask].mean() > p.sacral_probability)


def decode(probabilities, offsets_mm, level, p=DecodeParameters()):
    votes, position, share, levels, is_body = vote(probabilities, offsets_mm, level, p)
    peaks = find_peaks(votes, position, share, levels, is_body, p)
    chain = [peaks[i] for i in best_chain(peaks, p)]
    voxel_ml = p.spacing_mm**3 / 1000.0
    sacrum = find_sacrum(probabilities, p)
    if sacrum.any():
        near_sacrum = ndimage.distance_transform_edt(~sacrum) * p.spacing_mm < p.sacral_reach_mm
    else:
        near_sacrum = sacrum
    sacral = np.zeros_like(sacrum)
    dropped = np.zeros_like(sacrum)  # an end's voxels must not fall to its neighbour

    # Chain ends: a stump that the field's edge does not explain, and S1 read as a vertebra.
    labels = np.zeros(probabilities.shape[1:], np.uint8)
    while chain:
        labels = assign(probabilities, offsets_mm, level, chain, p)
        labels[dropped] = 0
        volume = np.bincount(labels.ravel(), minlength=len(chain) + 1)[1:] * voxel_ml
        relative = [v / p.expected_volume(q.level) for v, q in zip(volume, chain)]
        drop = None
        for end, beside in ((0, 1), (len(chain) - 1, len(chain) - 2)):
            mask = labels == end + 1
            if not mask.any():
                drop, gone = end, mask
                continue
            stump = volume[end] < p.minimum_volume_ml
            small = len(chain) > 1 and relative[end] < p.end_share * min(1.0, relative[beside])
            if stump or small and not touches_edge(mask, p):
                drop, gone = end, mask
            elif end == len(chain) - 1 and is_sacral(mask, near_sacrum, probabilities[SACRUM], small, p):
                drop, gone = end, mask
                sacral |= mask
        if drop is None:
            break
        dropped |= gone
        del chain[drop]
    if not chain:
        labels[:] = 0

    body = probabilities[BODY] > probabilities[ARCH]
    vertebrae = []
    for k, q in enumerate(chain):
        mask = labels == k + 1
        body_mask = mask & body
        centre = (np.argwhere(body_mask).mean(axis=0) * p.spacing_mm if body_mask.any()
                  else q.position_mm)
        vertebrae.append({"centre_mm": centre, "voted_mm": q.position_mm, "level": q.level,
                          "volume_ml": float(mask.sum() * voxel_ml),
                          "whole": not touches_edge(mask, p)})
    sacrum = (sacrum | sacral) & (labels == 0)
    return Decoded(labels, body & (labels > 0), sacrum, vertebrae, peaks)
