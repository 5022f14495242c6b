"""Hidden tests of lab 9: every expected value is computed before the student's code is called, on copies of its own."""

import struct

import numpy as np
import torch

from allclose import agree, grade

# half ---------------------------------------------------------------------------------------------------------------


def _halves(numbers):
    """Round to half precision by the struct module of Python, which knows no overflow."""
    flat = [struct.unpack("<e", struct.pack("<e", number))[0] for number in np.ravel(numbers).tolist()]
    return np.array(flat).reshape(np.shape(numbers))


def _half(submission, x):
    result = submission.to_half(x)
    assert isinstance(result, (tuple, list)) and len(result) == 2, "to_half must return two things: half, overflowed"
    return result


QUIETLY = """
def quietly(function, *arguments):
    import warnings

    import numpy

    with warnings.catch_warnings(record=True) as caught, numpy.errstate(all="warn"):
        warnings.simplefilter("always")
        filters, errors = list(warnings.filters), numpy.geterr()
        function(*arguments)
        changed = warnings.filters != filters or numpy.geterr() != errors
        return [len(caught), changed]


quietly
"""


@grade("half", points=4)
def test_numbers_are_rounded_to_the_nearest_half(submission, rng):
    """Numbers of many sizes, subnormal ones too, rounded to half precision."""
    for shape in ((70,), (4, 9), (3, 2, 5)):
        x = rng.uniform(1, 2, shape) * 2.0 ** rng.integers(-22, 15, shape) * rng.choice([-1, 1], shape)
        expected = _halves(x)
        half, overflowed = _half(submission, x.copy())
        agree(half, expected)
        agree(overflowed, 0)


@grade("half", points=2)
def test_ties_go_to_the_even_half(submission, rng):
    """Numbers in the middle between two halves, where halves are 2, 4 and 8 apart."""
    first = 2 * rng.integers(0, 500, 8) + np.array([2048 + 1, 2048 + 3] * 4)
    x = np.concatenate((first, 2 * first, -4 * first)).astype(np.float64)
    expected = _halves(x)
    half, _ = _half(submission, x.copy())
    agree(half, expected)


@grade("half", points=3)
def test_overflow_begins_at_the_midpoint_beyond_the_largest_half(submission, rng):
    """Numbers on both sides of the edge, of both signs, in float64 and float32: what they become, and how many."""
    inside = np.array([65504.0, 65519.0, 65510.0, -65519.0, 65503.0, -65504.0])
    outside = np.array([65520.0, -65520.0, 65536.0, -1e5, 3e38])
    for dtype in (np.float64, np.float32):
        x = rng.permutation(np.concatenate((inside, outside, rng.uniform(-9, 9, 4)))).astype(dtype)
        beyond = np.abs(x) >= 65520
        expected = np.where(beyond, np.sign(x) * np.inf, _halves(np.where(beyond, 0, x)))
        half, overflowed = _half(submission, x.copy())
        agree(overflowed, int(beyond.sum()))
        agree(half, expected.astype(np.float64))


@grade("half", points=2)
def test_only_finite_numbers_can_overflow(submission, rng):
    """Infinities and not-a-numbers that were there before, and tiny numbers, are not counted."""
    x = rng.permutation(
        np.array([np.inf, -np.inf, np.inf, np.nan, np.nan, np.nan, np.nan, 1e-9, -1e-30, 0.0, 1e6, -1e9, 2.5])
    )
    with np.errstate(over="ignore"):
        expected = x.astype(np.float16).astype(np.float64)
    half, overflowed = _half(submission, x.copy())
    agree(overflowed, 2)
    agree(half, expected)


@grade("half", points=1)
def test_the_result_is_float16_and_x_is_left_alone(submission, rng):
    """The dtype of half, and x after the call."""
    x = rng.normal(size=(3, 5)) * 1e5
    given = x.copy()
    half, _ = _half(submission, given)
    assert str(getattr(half, "dtype", "")) in ("float16", "torch.float16"), "half must be an array of float16"
    assert np.array_equal(given, x), "to_half changes the array it was given"


@grade("half", points=2)
def test_overflow_is_counted_without_a_warning(submission, rng):
    """Warnings during the call, and the settings for them after it."""
    warned, changed = submission.run(QUIETLY, submission.to_half, rng.normal(size=8) * 1e6)
    assert not warned, "to_half warns when numbers overflow, which writes to stderr"
    assert not changed, "to_half leaves NumPy's or Python's settings for warnings different from before"


# quantize -----------------------------------------------------------------------------------------------------------


def _quantized(submission, inputs):
    """The student's (q, scale, zero_point) for each tuple of arguments, in one trip."""
    results = submission.map(submission.quantize, inputs)
    for result in results:
        assert isinstance(result, (tuple, list)) and len(result) == 3, (
            "quantize must return three things: q, scale, zero_point"
        )
    return results


def _scheme(x, bits):
    """Equation (4) of the notebook, for inputs without ties."""
    low, high = min(0.0, float(x.min())), max(0.0, float(x.max()))
    scale = (high - low) / (2**bits - 1)
    zero_point = round(-low / scale)
    return np.clip(np.rint(x / scale) + zero_point, 0, 2**bits - 1).astype(int), scale, zero_point


def _both_signs(rng):
    """Tensors with entries of both signs, of many sizes and shapes, with the bits to spend on each."""
    shapes = [(40,), (7, 5), (3, 4, 2), (25,), (6, 6), (30,), (2, 9), (11, 3)]
    bits = [8, 8, 8, 5, 4, 3, 2, 6]
    return [
        (rng.normal(rng.uniform(-0.5, 0.5), 1, shape) * 10 ** rng.uniform(-3, 3), b)
        for shape, b in zip(shapes, bits, strict=True)
    ]


@grade("quantize", points=4)
def test_scale_and_zero_point_come_from_the_range(submission, rng):
    """Scale and zero point of tensors with entries of both signs."""
    inputs = _both_signs(rng)
    expected = [_scheme(x, bits) for x, bits in inputs]
    results = _quantized(submission, [(x.copy(), bits) for x, bits in inputs])
    agree([scale for _, scale, _ in results], [scale for _, scale, _ in expected])
    agree([zero for _, _, zero in results], [zero for _, _, zero in expected])


@grade("quantize", points=3)
def test_each_number_goes_to_the_nearest_level(submission, rng):
    """The levels of tensors with entries of both signs, with 8 bits and with fewer."""
    inputs = _both_signs(rng)
    expected = [_scheme(x, bits)[0] for x, bits in inputs]
    for (q, _, _), levels in zip(
        _quantized(submission, [(x.copy(), bits) for x, bits in inputs]), expected, strict=True
    ):
        agree(q, levels)


@grade("quantize", points=1)
def test_eight_bits_are_the_default(submission, rng):
    """quantize without the argument bits."""
    x = rng.normal(size=30)
    q, scale, zero_point = _scheme(x, 8)
    ((levels, step, zero),) = _quantized(submission, [(x.copy(),)])
    agree(step, scale)
    agree(zero, zero_point)
    agree(levels, q)


@grade("quantize", points=4)
def test_the_range_is_widened_to_hold_zero(submission, rng):
    """Tensors that are positive or negative throughout."""
    inputs = [(rng.uniform(2, 5, 20), 8), (rng.uniform(-7, -3, 20), 8), (rng.uniform(100, 101, (4, 3)), 4)]
    inputs.append((-inputs[2][0], 4))
    expected = [_scheme(x, bits) for x, bits in inputs]
    results = _quantized(submission, [(x.copy(), bits) for x, bits in inputs])
    agree([scale for _, scale, _ in results], [scale for _, scale, _ in expected])
    for (q, _, zero), (levels, _, zero_point) in zip(results, expected, strict=True):
        agree(zero, zero_point)
        agree(q, levels)


@grade("quantize", points=3)
def test_zero_comes_back_as_exactly_zero(submission, rng):
    """Entries that are 0 have the level of the zero point, a whole number among the levels."""
    inputs = []
    for bits in (8, 5, 3, 8, 8):
        x = rng.normal(rng.uniform(-1, 1), 1, 24)
        x[::4] = 0.0
        inputs.append((x, bits))
    results = _quantized(submission, [(x.copy(), bits) for x, bits in inputs])
    for (x, bits), (q, _, zero) in zip(inputs, results, strict=True):
        assert _whole(zero), "zero_point must be a whole number, of an integer type"
        assert 0 <= int(zero) < 2**bits, "zero_point is not one of the levels"
        agree(np.asarray(q)[x == 0].astype(int), np.full(6, int(zero)))


def _whole(number):
    known = isinstance(number, (int, np.integer)) and not isinstance(number, bool)
    array = type(number) is np.ndarray and number.ndim == 0 and number.dtype.kind in "iu"
    tensor = isinstance(number, torch.Tensor) and number.ndim == 0 and not number.is_floating_point()
    return known or array or tensor


@grade("quantize", points=2)
def test_a_tie_goes_to_the_even_level(submission, rng):
    """Numbers in the middle between two levels, where the zero point is 0; and zero points in the middle."""
    step = 2.0 ** rng.integers(-6, 6)
    halves = rng.permutation(np.arange(1, 254, 7) + 0.5)
    x = step * np.concatenate((halves, [0.0, 255.0]))
    expected = np.rint(x / step).astype(int)
    middles = step * (rng.choice(np.arange(20, 100), 5, replace=False) * 2 + np.array([0.5, 1.5, 0.5, 1.5, 0.5]))
    zeros = [round(middle / step) for middle in middles]
    inputs = [(x.copy(),), *((np.array([-middle, 255 * step - middle, 0.0]),) for middle in middles)]
    (q, _, _), *others = _quantized(submission, inputs)
    agree(q, expected)
    agree([zero for _, _, zero in others], zeros)


@grade("quantize", points=3)
def test_no_number_is_off_by_more_than_half_a_step(submission, rng):
    """What the levels stand for, against the numbers, for each number of bits, also at the ends of the range."""
    inputs = [
        (rng.normal(rng.uniform(-2, 2), 1, 60) * 10 ** rng.uniform(-4, 4), bits) for bits in (2, 3, 4, 5, 6, 7, 8)
    ]
    for (x, bits), (q, scale, zero) in zip(
        inputs, _quantized(submission, [(x.copy(), b) for x, b in inputs]), strict=True
    ):
        levels = np.asarray(q).astype(np.float64)
        assert levels.shape == x.shape, "q must have the shape of x"
        assert levels.min() >= 0 and levels.max() < 2**bits, "a level lies outside 0 ... 2**bits - 1"
        scale, zero = float(scale), float(zero)
        width = max(x.max(), 0) - min(x.min(), 0)
        assert 0 < scale <= width / (2**bits - 1) * (1 + 1e-9), "the scale is larger than the range needs"
        assert np.abs(scale * (levels - zero) - x).max() <= scale / 2 * (1 + 1e-9), (
            "a number is off by more than half a step"
        )


@grade("quantize", points=2)
def test_constant_tensors_and_zeros_can_be_quantized(submission, rng):
    """All entries the same: positive, negative, or 0, which has the scale 1."""
    value = float(rng.uniform(2, 9))
    constants = (value, -value, 0.0)
    results = _quantized(submission, [(np.full((2, 3), constant),) for constant in constants])
    agree([float(scale) for _, scale, _ in results], [value / 255, value / 255, 1.0])
    agree([float(zero) for _, _, zero in results], [0.0, 255.0, 0.0])
    for (q, _, _), level in zip(results, (255, 0, 0), strict=True):
        agree(q, np.full((2, 3), level))


@grade("quantize", points=4)
def test_dequantize_gives_the_numbers_of_any_levels(submission, rng):
    """dequantize for all levels, with zero points at both ends and between, and scales of any size."""
    q = rng.permutation(np.arange(256)).astype(np.uint8)
    inputs = [
        (q.reshape(16, 16), float(10 ** rng.uniform(-4, 4)), int(zero)) for zero in (rng.integers(60, 200), 0, 255)
    ]
    expected = [scale * (levels.astype(np.float64) - zero) for levels, scale, zero in inputs]
    given = [(levels.copy(), scale, zero) for levels, scale, zero in inputs]
    for actual, numbers in zip(submission.map(submission.dequantize, given), expected, strict=True):
        agree(actual, numbers)


@grade("quantize", points=2)
def test_levels_are_bytes_and_arguments_are_left_alone(submission, rng):
    """The dtype of q, and the arguments after the call."""
    x = rng.normal(size=(5, 4))
    given = x.copy()
    q, _, _ = submission.quantize(given, 6)
    assert str(getattr(q, "dtype", "")) in ("uint8", "torch.uint8"), "q must be an array of uint8"
    assert np.array_equal(given, x), "quantize changes the array it was given"
    levels = rng.integers(0, 256, 9).astype(np.uint8)
    given = levels.copy()
    submission.dequantize(given, 0.5, 3)
    assert np.array_equal(given, levels), "dequantize changes the levels it was given"


# per_channel --------------------------------------------------------------------------------------------------------


def _channels(submission, inputs):
    results = submission.map(submission.quantize_per_channel, inputs)
    assert all(isinstance(result, (tuple, list)) and len(result) == 2 for result in results), (
        "quantize_per_channel must return two things: q, scales"
    )
    return results


def _by_channel(w, axis, bits):
    """Equation (6) of the notebook, channel by channel, for weights without ties."""
    top = 2 ** (bits - 1) - 1
    levels, scales = np.zeros(w.shape, dtype=int), []
    for channel in range(w.shape[axis]):
        part = np.take(w, channel, axis)
        scales.append(float(np.abs(part).max()) / top or 1.0)
        place = [slice(None)] * w.ndim
        place[axis] = channel
        levels[tuple(place)] = np.rint(part / scales[-1])
    return levels, np.array(scales)


def _weights(rng, shape, axis):
    """Weights whose channels differ in size, and whose largest magnitude is negative in some."""
    sizes = np.ones(len(shape), dtype=int)
    sizes[axis] = shape[axis]
    return rng.normal(size=shape) * 10 ** rng.uniform(-2, 2, sizes)


def _check_channels(submission, cases):
    expected = [_by_channel(*case) for case in cases]
    results = _channels(submission, [(w.copy(), axis, bits) for w, axis, bits in cases])
    for (q, scales), (levels, steps) in zip(results, expected, strict=True):
        agree(scales, steps)
        agree(q, levels)


@grade("per_channel", points=4)
def test_each_row_of_a_matrix_has_a_scale_of_its_own(submission, rng):
    """Scales and levels of weight matrices, channels along the first axis."""
    _check_channels(submission, [(_weights(rng, shape, 0), 0, 8) for shape in ((6, 17), (9, 4), (5, 5))])


@grade("per_channel", points=3)
def test_channels_may_lie_along_any_axis(submission, rng):
    """Arrays with one to four axes, channels along each of them, also counted from the end."""
    shapes = [((3, 5, 4), 1), ((3, 5, 4), 2), ((4, 6), 1), ((2, 3, 4, 5), 2), ((7,), 0)]
    cases = [(_weights(rng, shape, axis), axis, 8) for shape, axis in shapes]
    cases += [(w, axis - w.ndim, bits) for w, axis, bits in cases]
    _check_channels(submission, cases)


@grade("per_channel", points=3)
def test_fewer_bits_have_fewer_levels(submission, rng):
    """Scales and levels with 2 to 7 bits, and without the argument bits."""
    cases = [(_weights(rng, (4, 15), 0), 0, bits) for bits in (2, 3, 4, 5, 6, 7)]
    _check_channels(submission, cases)
    w = _weights(rng, (4, 15), 0)
    levels, steps = _by_channel(w, 0, 8)
    ((q, scales),) = _channels(submission, [(w.copy(), 0)])
    agree(scales, steps)
    agree(q, levels)


@grade("per_channel", points=3)
def test_a_channel_of_zeros_has_the_scale_one(submission, rng):
    """Some or all channels hold only zeros."""
    some = _weights(rng, (6, 8), 0)
    some[[1, 4]] = 0.0
    _check_channels(submission, [(some, 0, 8), (np.zeros((3, 4)), 1, 8), (np.ascontiguousarray(some.T), 1, 4)])


@grade("per_channel", points=1)
def test_a_tie_goes_to_the_even_level_in_each_channel(submission, rng):
    """Weights in the middle between two levels."""
    steps = 2.0 ** rng.integers(-5, 5, 3)
    ties = np.array([127.0, 0.5, 1.5, -2.5, 3.5, -4.5, 60.5, -61.5])
    expected = np.tile(np.rint(ties).astype(int), (3, 1))
    ((q, _),) = _channels(submission, [(steps[:, None] * ties, 0)])
    agree(q, expected)


@grade("per_channel", points=2)
def test_levels_are_signed_bytes_and_w_is_left_alone(submission, rng):
    """The dtype of q, its ends, and w after the call."""
    w = _weights(rng, (4, 6), 0)
    given = w.copy()
    q, _ = submission.quantize_per_channel(given, 0)
    assert str(getattr(q, "dtype", "")) in ("int8", "torch.int8"), "q must be an array of int8"
    assert np.array_equal(given, w), "quantize_per_channel changes the weights it was given"
    agree(np.abs(np.asarray(q).astype(int)).max(axis=1), np.full(4, 127))


# report -------------------------------------------------------------------------------------------------------------

MODELS = """
def build(kind, a, b, c):
    import torch
    from torch import nn

    class Tied(nn.Module):
        def __init__(self):
            super().__init__()
            self.embedding = nn.Embedding(a, b)
            self.output = nn.Linear(b, a)
            self.output.weight = self.embedding.weight

    class Buffers(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(a, b)
            self.norm = nn.BatchNorm1d(b)
            self.register_buffer("table", torch.zeros(c, a))
            self.register_buffer("mask", torch.ones(c, c, dtype=torch.bool))
            self.register_buffer("places", torch.arange(b))

    class Bare(nn.Module):
        def __init__(self):
            super().__init__()
            self.factor = nn.Parameter(torch.ones(()))
            self.weights = nn.ParameterList([nn.Parameter(torch.ones(a, b, c)), nn.Parameter(torch.ones(b))])

    if kind == "dense":
        return nn.Sequential(nn.Linear(a, b), nn.ReLU(), nn.Linear(b, c, bias=False))
    if kind == "convolution":
        return nn.Sequential(nn.Conv2d(a, b, 3), nn.ReLU(), nn.Sequential(nn.Conv2d(b, c, 5), nn.Flatten()))
    if kind == "normalised":
        return nn.Sequential(nn.Linear(a, b), nn.BatchNorm1d(b), nn.LayerNorm(b))
    if kind == "frozen":
        return nn.Sequential(nn.Linear(a, b).requires_grad_(False), nn.Linear(b, c))
    if kind == "double":
        return nn.Sequential(nn.Linear(a, b), nn.BatchNorm1d(b)).double()
    return {"tied": Tied, "buffers": Buffers, "bare": Bare}[kind]()


build
"""


def _counted(kind, a, b, c):
    """Parameters, entries of float buffers, bytes of other buffers, entries of weights and their channels, by hand."""
    return {
        "dense": (a * b + b + b * c, 0, 0, a * b + b * c, b + c),
        "convolution": (9 * a * b + b + 25 * b * c + c, 0, 0, 9 * a * b + 25 * b * c, b + c),
        "normalised": (a * b + b + 2 * b + 2 * b, 2 * b, 8, a * b, b),
        "frozen": (a * b + b + b * c + c, 0, 0, a * b + b * c, b + c),
        "double": (a * b + b + 2 * b, 2 * b, 8, a * b, b),
        "tied": (a * b + a, 0, 0, a * b, a),
        "buffers": (a * b + b + 2 * b, 2 * b + c * a, 8 + c * c + 8 * b, a * b, b),
        "bare": (1 + a * b * c + b, 0, 0, a * b * c, a),
    }[kind]


def _expected_reports(cases):
    reports = []
    for case in cases:
        parameters, buffers, others, weights, channels = _counted(*case)
        full = 4 * (parameters + buffers) + others
        reports.append(
            {
                "parameters": parameters,
                "bytes_fp32": full,
                "bytes_fp16": 2 * (parameters + buffers) + others,
                "bytes_int8": full - 3 * weights + 4 * channels,
            }
        )
    return reports


def _check_reports(submission, rng, kinds, keys):
    cases = [(kind, *(int(size) for size in rng.choice(np.arange(2, 40), 3, replace=False))) for kind in kinds]
    expected = _expected_reports(cases)
    build = submission.run(MODELS)
    reports = [submission.compression_report(build(*case)) for case in cases]
    for report in reports:
        assert isinstance(report, dict) and set(report) == set(expected[0]), (
            "compression_report must return a dictionary with the four keys of the notebook"
        )
        assert all(_whole(value) for value in report.values()), "all four values must be whole numbers"
    for key in keys:
        agree(np.array([int(report[key]) for report in reports]), np.array([wanted[key] for wanted in expected]))


@grade("report", points=3)
def test_every_entry_of_every_parameter_is_counted(submission, rng):
    """The number of parameters, trained or not, of networks of several kinds."""
    kinds = ["dense", "convolution", "normalised", "frozen", "bare", "buffers"]
    _check_reports(submission, rng, kinds, ["parameters"])


@grade("report", points=2)
def test_two_and_four_bytes_for_each_number(submission, rng):
    """Bytes as fp32 and fp16 of networks without buffers."""
    _check_reports(submission, rng, ["dense", "convolution", "frozen", "bare"] * 2, ["bytes_fp32", "bytes_fp16"])


@grade("report", points=3)
def test_buffers_are_stored_too(submission, rng):
    """Bytes as fp32 and fp16 of networks with buffers of floats, whole numbers and truth values."""
    _check_reports(submission, rng, ["normalised", "buffers"] * 3, ["bytes_fp32", "bytes_fp16"])


@grade("report", points=3)
def test_int8_is_for_weights_and_has_scales(submission, rng):
    """Bytes as int8: weights with a scale for each channel, all else as in fp32."""
    _check_reports(submission, rng, ["dense", "convolution", "normalised", "buffers", "bare", "frozen"], ["bytes_int8"])


@grade("report", points=2)
def test_tied_weights_count_once_and_the_present_dtype_does_not_matter(submission, rng):
    """A tensor that is used twice, and a network in float64."""
    _check_reports(submission, rng, ["tied", "double"] * 2, ["parameters", "bytes_fp32", "bytes_fp16", "bytes_int8"])


@grade("report", points=1)
def test_the_model_is_left_as_it_was(submission):
    """Dtypes, modes and values of the model after the report."""
    look = "lambda m: [[str(t.dtype) for t in m.state_dict().values()], m.training, float(m[0].weight.detach().sum())]"
    look, model = (
        submission.run(look),
        submission.run(f"import torch\ntorch.manual_seed(1)\n{MODELS}", "normalised", 5, 4, 3),
    )
    before = look(model)
    submission.compression_report(model)
    assert look(model) == before, "compression_report changes the model"


# onnx ---------------------------------------------------------------------------------------------------------------

NETWORKS = """
def network(parts, training):
    import torch
    from torch import nn

    class Residual(nn.Module):
        def __init__(self, width):
            super().__init__()
            self.inner = nn.Linear(width, width)

        def forward(self, x):
            return x + torch.tanh(self.inner(x))

    layers = []
    for name, arguments, values in parts:
        layer = Residual(*arguments) if name == "Residual" else getattr(nn, name)(*arguments)
        layer.load_state_dict({key: torch.tensor(value) for key, value in values.items()}, strict=False)
        layers.append(layer)
    return nn.Sequential(*layers).train(training)


network
"""

RUN_ONNX = """
def run_onnx(data, batches):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    except Exception:
        return None
    given, answers = session.get_inputs(), []
    for batch in batches:
        try:
            answers.append(session.run(None, {given[0].name: batch}))
        except Exception:
            answers.append(None)
    return [[[size if isinstance(size, int) else None for size in one.shape] for one in given], answers]


run_onnx
"""


def _run_onnx(submission, data, batches):
    """What ONNX Runtime says of a file's bytes: the shapes of the inputs, with None for what may vary, and a list of
    outputs for each batch, with None for a batch that the file does not take; None instead of all where it cannot read.

    It runs where no student code has been: the file may be hostile, and its maker may have changed onnxruntime.
    """
    return submission.fresh().run(RUN_ONNX)(data, batches)


def _values(rng, name, arguments):
    """Hidden weights for a layer: about as large as at initialisation, all different."""
    layer = torch.nn.Linear(*arguments * 2) if name == "Residual" else getattr(torch.nn, name)(*arguments)
    values = {}
    for key, value in layer.state_dict().items():
        if value.is_floating_point():
            size = value[0].numel() ** -0.5 if value.ndim > 1 else 0.5
            numbers = rng.normal(0, size, tuple(value.shape))
            numbers = 0.5 + np.abs(numbers) if key == "running_var" else numbers
            values[f"inner.{key}" if name == "Residual" else key] = numbers.astype(np.float32)
    return values


def _parts(rng, *layers):
    return [(name, arguments, _values(rng, name, arguments)) for name, *arguments in layers]


def _evaluated(parts, batches):
    """What the network gives in evaluation mode, computed here."""
    names = {}
    exec(NETWORKS, names)  # noqa: S102  # one text makes the network on both sides
    with torch.no_grad():
        return [names["network"](parts, False)(torch.tensor(batch)).numpy() for batch in batches]


FOLDER = """
def folder(wanted):
    import os
    import shutil

    shutil.rmtree("exported-for-tests", ignore_errors=True)
    if wanted:
        os.mkdir("exported-for-tests")


folder
"""


def _exported(submission, networks, example, *, training=False):
    """The models in the sandbox, and the bytes of the file after each was exported, all to one path."""
    build, folder = submission.run(NETWORKS), submission.run(FOLDER)
    is_file = submission.run("import os\nos.path.isfile")
    folder(True)
    models, files = [], []
    for parts in networks:
        models.append(build(parts, training))
        submission.export_onnx(models[-1], torch.tensor(example), "exported-for-tests/network.onnx")
        assert is_file("exported-for-tests/network.onnx") is True, "there is no file at the path that was asked for"
        files.append(submission.file("exported-for-tests/network.onnx"))
    folder(False)
    return models, files


def _check_file(submission, data, batches, expected):
    said = _run_onnx(submission, data, batches)
    is_archive = data.startswith(b"PK")  # as PyTorch's own formats are, one of which holds code
    is_torchscript = is_archive and b"/code/" in data
    assert said is not None or not is_torchscript, "the file is TorchScript, which ONNX Runtime cannot read"
    assert said is not None or not is_archive, "the file is torch.save's, which ONNX Runtime cannot read"
    assert said is not None, "ONNX Runtime cannot read the file, or the file is not complete in itself"
    shapes, answers = said
    assert len(shapes) == 1, "the file must have one input"
    assert shapes[0] and shapes[0][0] is None, "the batch size is fixed: the first axis of the file's input is not open"
    assert None not in answers, "the file does not take batches of another size than the example"
    assert all(len(outputs) == 1 for outputs in answers), "the file must have one output"
    for (output,), wanted in zip(answers, expected, strict=True):
        agree(output, wanted, rtol=1e-5, atol=1e-5)


def _batches(rng, sizes, *shape):
    return [rng.normal(size=(size, *shape)).astype(np.float32) for size in sizes]


@grade("onnx", points=8)
def test_the_file_computes_what_the_network_does_for_batches_of_any_size(submission, rng):
    """A network of fully connected layers, batches smaller and larger than the example."""
    width = int(rng.integers(5, 9))
    parts = _parts(rng, ("Linear", width, 16), ("ReLU",), ("Residual", 16), ("Linear", 16, 3))
    example, *batches = _batches(rng, (4, 7, 1, 40), width)
    expected = _evaluated(parts, batches)
    _, (data,) = _exported(submission, [parts], example)
    _check_file(submission, data, batches, expected)


@grade("onnx", points=5)
def test_the_file_holds_the_evaluation_mode(submission, rng):
    """Dropout and batch normalisation of a network that is in evaluation mode, and of one that is in training mode."""
    layers = ("Linear", 6, 32), ("BatchNorm1d", 32), ("ReLU",), ("Dropout", 0.5), ("Linear", 32, 4)
    example, *batches = _batches(rng, (3, 5, 9), 6)
    for training in (False, True):
        parts = _parts(rng, *layers)
        expected = _evaluated(parts, batches)
        _, (data,) = _exported(submission, [parts], example, training=training)
        _check_file(submission, data, batches, expected)


@grade("onnx", points=4)
def test_images_come_in_batches_of_any_size_too(submission, rng):
    """A convolution network, whose input has four axes."""
    parts = _parts(rng, ("Conv2d", 2, 4, 3), ("ReLU",), ("Flatten",), ("Linear", 4 * 6 * 5, 3))
    example, *batches = _batches(rng, (2, 6, 1), 2, 8, 7)
    expected = _evaluated(parts, batches)
    _, (data,) = _exported(submission, [parts], example)
    _check_file(submission, data, batches, expected)


@grade("onnx", points=3)
def test_the_model_stays_as_it_was(submission, rng):
    """Mode and parameters of the model after the export, from training and from evaluation mode."""
    look = submission.run("lambda m: [m.training, {k: v.detach().clone().numpy() for k, v in m.state_dict().items()}]")
    (example,) = _batches(rng, (3,), 5)
    for training in (True, False):
        parts = _parts(rng, ("Linear", 5, 8), ("BatchNorm1d", 8), ("Linear", 8, 2))
        (model,), _ = _exported(submission, [parts], example, training=training)
        mode, state = look(model)
        assert mode is training, "after the export the model is in another mode than before"
        for place, (_, _, values) in enumerate(parts):
            agree({key: state.get(f"{place}.{key}") for key in values}, values)


@grade("onnx", points=2)
def test_a_file_that_is_there_already_is_replaced(submission, rng):
    """Two networks of one shape, exported to the same path one after the other."""
    example, *batches = _batches(rng, (2, 6), 5)
    networks = [_parts(rng, ("Linear", 5, 7), ("Tanh",), ("Linear", 7, 4)) for _ in range(2)]
    expected = [_evaluated(parts, batches) for parts in networks]
    _, files = _exported(submission, networks, example)
    for data, wanted in zip(files, expected, strict=True):
        _check_file(submission, data, batches, wanted)
