"""What plain torch would take thousands of small launches for: sampling of pictures, and the beam search of `ctc`.

Shapes in comments: N plates, T steps, K classes, B beams, R texts of a plate, L characters of a text.
"""

import triton
import triton.language as tl


@triton.jit
def _bilinear(pixel, upper_left, upper_right, lower_left, lower_right, right, down):
    """A channel's value between four pixels; right, down: how far from the upper left one, 0 to 1."""
    upper = tl.load(pixel + upper_left).to(tl.float32) * (1 - right) + tl.load(pixel + upper_right) * right
    lower = tl.load(pixel + lower_left).to(tl.float32) * (1 - right) + tl.load(pixel + lower_right) * right
    return upper * (1 - down) + lower * down


@triton.jit
def sample(pixels, starts, sizes, maps, finer, out, WIDTH: tl.constexpr, PIXELS: tl.constexpr, BLOCK: tl.constexpr):
    """Pictures (N, H, W, 3) in 0..1 of crops that lie in a row in `pixels`, each from `starts`; `sizes` (N, 2) is
    rows and columns, `maps` (N, 9) leads from a place in the picture to one in the crop. A pixel is the mean of
    `finer` times `finer` samples. Program: a plate, and a block of its picture.
    """  # fmt: skip
    plate = tl.program_id(0)
    place = tl.program_id(1) * BLOCK + tl.arange(0, BLOCK)
    rows, columns = tl.load(sizes + 2 * plate), tl.load(sizes + 2 * plate + 1)
    crop = pixels + tl.load(starts + plate)
    a, b, c = tl.load(maps + 9 * plate), tl.load(maps + 9 * plate + 1), tl.load(maps + 9 * plate + 2)
    d, e, f = tl.load(maps + 9 * plate + 3), tl.load(maps + 9 * plate + 4), tl.load(maps + 9 * plate + 5)
    g, h, i = tl.load(maps + 9 * plate + 6), tl.load(maps + 9 * plate + 7), tl.load(maps + 9 * plate + 8)
    side = tl.load(finer + plate)
    blue, green, red = tl.zeros([BLOCK], tl.float32), tl.zeros([BLOCK], tl.float32), tl.zeros([BLOCK], tl.float32)
    for part in range(side * side):
        x = place % WIDTH + (part % side + 0.5) / side - 0.5
        y = place // WIDTH + (part // side + 0.5) / side - 0.5
        depth = g * x + h * y + i
        column = tl.minimum(tl.maximum((a * x + b * y + c) / depth, 0.0), columns - 1.0)
        row = tl.minimum(tl.maximum((d * x + e * y + f) / depth, 0.0), rows - 1.0)
        left, top = column.to(tl.int32), row.to(tl.int32)
        right, lower = tl.minimum(left + 1, columns - 1), tl.minimum(top + 1, rows - 1)
        ul, ur = (top * columns + left) * 3, (top * columns + right) * 3
        ll, lr = (lower * columns + left) * 3, (lower * columns + right) * 3
        blue += _bilinear(crop, ul, ur, ll, lr, column - left, row - top)
        green += _bilinear(crop + 1, ul, ur, ll, lr, column - left, row - top)
        red += _bilinear(crop + 2, ul, ur, ll, lr, column - left, row - top)
    share = 255.0 * side * side
    to = out + (plate.to(tl.int64) * PIXELS + place) * 3
    tl.store(to, blue / share, place < PIXELS)
    tl.store(to + 1, green / share, place < PIXELS)
    tl.store(to + 2, red / share, place < PIXELS)


@triton.jit
def _chosen(hot, values):
    """Of values (B,) those that each row of hot (B, B) points at."""
    return tl.sum(tl.where(hot, values[None, :], 0), axis=1)


@triton.jit
def _parted(row, t, K, CERTAIN):
    """Whether a certain blank, which has been left out, stood before step t, whose log probabilities begin at row."""
    return tl.load(row - K, t > 0, other=float("-inf")) > CERTAIN


@triton.jit
def search(
    log_probs, steps, counts, history, totals, lengths, T, K, FLOOR, CERTAIN,
    ROOT: tl.constexpr, FACTOR: tl.constexpr, BEAMS: tl.constexpr, CLASSES: tl.constexpr,
):  # fmt: skip
    """Prefix beam search as `ctc._run_search`, a program a plate, over the first `counts` (N,) of its `steps` (N, T).

    Gives `totals` and `lengths` (N, B) of the texts, best first, and `history` (N, T, B): which beam each one came
    from in each step, times CLASSES, and the class it gained. All classes above FLOOR are looked at. CERTAIN: the
    logarithm from which on a blank is certain, so that its step has been left out.
    """
    plate = tl.program_id(0)
    beams, classes = tl.arange(0, BEAMS), tl.arange(0, CLASSES)
    places = beams[:, None] * CLASSES + classes[None, :]  # (B, CLASSES)
    blank = tl.where(beams == 0, 1.0, 0.0)
    char = tl.zeros([BEAMS], tl.float32)
    last, length = tl.zeros([BEAMS], tl.int32), tl.zeros([BEAMS], tl.int32)
    own, parent = tl.full([BEAMS], ROOT, tl.int64), tl.zeros([BEAMS], tl.int64)  # hashes; the last one's without it
    log_scale = tl.zeros([BEAMS], tl.float32)
    for s in range(tl.load(counts + plate)):
        t = tl.load(steps + plate * T + s)
        row = log_probs + (plate * T + t) * K
        probs = tl.exp(tl.load(row + classes, classes < K, other=float("-inf")))
        probs = tl.where((probs > FLOOR) & (classes > 0), probs, 0.0)
        prob_blank, prob_last = tl.exp(tl.load(row)), tl.exp(tl.load(row + last))
        prob_grown = tl.where((prob_last > FLOOR) & (last > 0), prob_last, 0.0)
        total = blank + char
        parted = _parted(row, t, K, CERTAIN)
        in_blank, in_char = tl.where(parted, total, blank), tl.where(parted, 0.0, char)
        # A prefix grows by any class; by its own last one only from paths that ended in blank.
        grown = tl.where(last[:, None] == classes[None, :], in_blank[:, None], total[:, None]) * probs[None, :]
        # What grows into a prefix that is there already belongs to it.
        there = (own[:, None] == parent[None, :]) & (total > 0)[None, :]  # (B, B): the one grows into the other
        into = tl.where(last[:, None] == last[None, :], in_blank[:, None], total[:, None]) * prob_grown[None, :]
        taken = tl.sum(tl.where(there, tl.full([1, 1], 1, tl.int64) << last[None, :].to(tl.int64), 0), axis=1)
        grown = tl.where((taken[:, None] >> classes[None, :].to(tl.int64)) & 1 == 1, 0.0, grown)
        char = in_char * prob_last + tl.sum(tl.where(there, into, 0.0), axis=0)
        blank = total * prob_blank

        candidates = tl.where(classes[None, :] == 0, (blank + char)[:, None], grown)  # class 0: gains nothing
        candidates = tl.where(classes[None, :] < K, candidates, -1.0)
        values, picks = tl.zeros([BEAMS], tl.float32), tl.zeros([BEAMS], tl.int32)
        for rank in tl.static_range(BEAMS):
            best = tl.max(tl.max(candidates, axis=1), axis=0)
            pick = tl.min(tl.min(tl.where(candidates == best, places, BEAMS * CLASSES), axis=1), axis=0)
            values, picks = tl.where(beams == rank, best, values), tl.where(beams == rank, pick, picks)
            candidates = tl.where(places == pick, -1.0, candidates)
        tl.store(history + (plate * T + s) * BEAMS + beams, picks.to(tl.int16))

        gained = picks % CLASSES
        hot, stays = (picks // CLASSES)[:, None] == beams[None, :], gained == 0
        scale = tl.max(values, axis=0)
        scale = tl.where(scale == 0, 1.0, scale)
        log_scale += tl.log(scale)
        blank = tl.where(stays, _chosen(hot, blank), 0.0) / scale
        char = tl.where(stays, _chosen(hot, char), values) / scale
        before = _chosen(hot, own)
        parent = tl.where(stays, _chosen(hot, parent), before)
        own = tl.where(stays, before, before * FACTOR + gained)
        last = tl.where(stays, _chosen(hot, last), gained)
        length = _chosen(hot, length) + tl.where(stays, 0, 1)
    tl.store(totals + plate * BEAMS + beams, tl.log(blank + char) + log_scale)
    tl.store(lengths + plate * BEAMS + beams, length)


@triton.jit
def spell(
    log_probs, steps, counts, history, totals, lengths, moves, labels, peaks, T, K, CERTAIN, LEAST,
    BEAMS: tl.constexpr, CLASSES: tl.constexpr, LONGEST: tl.constexpr,
):  # fmt: skip
    """The classes of each text and, as `ctc._find_peaks`, their peak probabilities, both (N, R, LONGEST).

    `totals`, `lengths` (N, B) and `history` are those of `search`. Of a text that has less than the share exp(LEAST) of
    the best one's probability, or has LONGEST characters or more, nothing is given. `moves` (N, R, T, 2 * LONGEST) is
    room for the way each state of the best path came.
    """
    plate, rank, texts = tl.program_id(0), tl.program_id(1), tl.num_programs(1)
    text = plate * texts + rank
    chars = tl.arange(0, LONGEST)
    length = tl.load(lengths + plate * BEAMS + rank)
    worth = tl.load(totals + plate * BEAMS + rank) >= tl.load(totals + plate * BEAMS) + LEAST
    count = tl.where(worth & (length < LONGEST), tl.load(counts + plate), 0)
    steps += plate * T
    log_probs += plate * T * K
    history += plate * T * BEAMS
    moves += text.to(tl.int64) * T * 2 * LONGEST

    label, before = tl.zeros([LONGEST], tl.int32), tl.zeros([LONGEST], tl.int32)  # classes, and those before them
    at, end = rank, length
    for back in range(count):
        pick = tl.load(history + (count - 1 - back) * BEAMS + at).to(tl.int32)
        gained = pick % CLASSES
        end -= tl.where(gained > 0, 1, 0)
        label = tl.where((chars == end) & (gained > 0), gained, label)
        before = tl.where((chars == end + 1) & (gained > 0), gained, before)
        at = pick // CLASSES

    # Viterbi over blank, c1, blank, c2, ..., blank: blanks[i] stands before chars[i].
    nothing = tl.full([LONGEST], float("-inf"), tl.float32)
    blanks = tl.where(chars == 0, 0.0, nothing)  # before the first step only the first blank is reached ...
    inked = nothing
    for s in range(count):
        t = tl.load(steps + s)
        row = log_probs + t * K
        parted = _parted(row, t, K, CERTAIN)
        earlier = tl.where(chars > 0, tl.gather(inked, tl.maximum(chars - 1, 0), 0), nothing)
        # A blank is needed between equal characters only.
        over = tl.where(label != before, earlier, tl.where(parted, earlier, nothing))
        best = tl.maximum(over, blanks)
        same = tl.where(parted, nothing, inked)
        move = tl.where(same > best, 0, tl.where(over >= blanks, 2, 1))
        tl.store(moves + s * 2 * LONGEST + 2 * chars, tl.where(earlier >= blanks, 1, 0).to(tl.int8))
        tl.store(moves + s * 2 * LONGEST + 2 * chars + 1, move.to(tl.int8))
        inked = tl.maximum(best, same) + tl.load(row + label)
        blanks = tl.maximum(blanks, earlier) + tl.load(row)
    tl.debug_barrier()
    last_blank = tl.max(tl.where(chars == length, blanks, nothing), axis=0)
    last_char = tl.max(tl.where(chars == length - 1, inked, nothing), axis=0)
    state = 2 * length - tl.where(last_char > last_blank, 1, 0)
    peak = nothing
    for back in range(count):
        s = count - 1 - back
        here = (chars == state // 2) & (state % 2 == 1)
        peak = tl.where(here, tl.maximum(peak, tl.load(log_probs + tl.load(steps + s) * K + label)), peak)
        state -= tl.load(moves + s * 2 * LONGEST + state).to(tl.int32)
    tl.store(labels + text * LONGEST + chars, label.to(tl.uint8))
    tl.store(peaks + text * LONGEST + chars, tl.exp(peak))
