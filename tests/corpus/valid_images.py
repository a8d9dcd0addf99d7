"""Sound drawings of images: odd sizes, dilation, groups, ceilings, pads and ways that join."""

from __future__ import annotations

from graph_editor.document.model import Expr, Slice
from tests.corpus.valid_sheet import B, Cases, Sheet, Wire, layer

CASES = Cases()
POOLED = (layer("nn.AdaptiveAvgPool2d", output_size=1), "nn.Flatten")


def scored(s: Sheet, x: Wire, classes: int = 10) -> None:
    """Pool what is there and hold scores against labels."""
    s.classify(s.line(x, *POOLED, layer("nn.Linear", out_features=classes)), classes)


@CASES
def dilation_reaches_the_very_edge(s: Sheet) -> None:
    conv = s.put("nn.Conv2d", s.input(3, 11, 11), out_channels=4, kernel_size=3, dilation=5)
    scored(s, s.line(conv, "nn.ReLU"))


@CASES
def a_kernel_as_large_as_the_image(s: Sheet) -> None:
    conv = s.put("nn.Conv2d", s.input(1, 7, 5), out_channels=8, kernel_size=(7, 5))
    s.classify(s.line(conv, "nn.ReLU", "nn.Flatten", layer("nn.Linear", out_features=3)), 3)


@CASES
def a_kernel_larger_than_the_image_but_not_than_the_padded_one(s: Sheet) -> None:
    conv = s.put("nn.Conv2d", s.input(1, 4, 4), out_channels=4, kernel_size=7, padding=2)
    scored(s, s.line(conv, "nn.GELU"))


@CASES
def kernels_padding_and_stride_differ_by_axis(s: Sheet) -> None:
    conv = layer("nn.Conv2d", out_channels=6, kernel_size=(1, 7), stride=(2, 3), padding=(0, 3))
    scored(s, s.line(s.input(3, 9, 20), conv, "nn.ReLU"))


@CASES
def padding_is_a_word(s: Sheet) -> None:
    same = layer("nn.Conv2d", out_channels=5, kernel_size=4, padding="same")
    plain = layer("nn.Conv2d", out_channels=5, kernel_size=2, padding="valid", stride=2)
    scored(s, s.line(s.input(3, 9, 9), same, "nn.ReLU", plain, "nn.ReLU"))


@CASES
def depthwise_then_pointwise(s: Sheet) -> None:
    depth = layer("nn.Conv2d", out_channels=12, kernel_size=3, groups=6, padding=1)
    point = layer("nn.Conv2d", out_channels=8, kernel_size=1, bias=False)
    scored(s, s.line(s.input(6, 9, 9), depth, point, "nn.BatchNorm2d", "nn.ReLU6"))


@CASES
def groups_of_three(s: Sheet) -> None:
    conv = layer("nn.Conv2d", in_channels=9, out_channels=15, kernel_size=3, groups=3)
    scored(s, s.line(s.input(9, 5, 5), conv, layer("nn.ChannelShuffle", groups=5), "nn.Mish"))


@CASES
def pads_of_every_kind(s: Sheet) -> None:
    pads = [
        layer("nn.ReflectionPad2d", padding=4),
        layer("nn.CircularPad2d", padding=(1, 2, 3, 4)),
        layer("nn.ZeroPad2d", padding=(-1, -2, 0, -3)),
        layer("nn.ConstantPad2d", padding=1, value=0.5),
        layer("nn.ReplicationPad2d", padding=2),
    ]
    conv = layer("nn.Conv2d", out_channels=4, kernel_size=3, padding=1, padding_mode="reflect")
    scored(s, s.line(s.input(2, 5, 6), *pads, conv, "nn.SiLU"))


@CASES
def negative_padding_crops(s: Sheet) -> None:
    cut = layer("F.pad", pad=(-1, -1, -2, 0))
    scored(s, s.line(s.input(3, 7, 7), cut, layer("nn.Conv2d", out_channels=3, kernel_size=5)))


@CASES
def ceil_mode_keeps_the_last_pixels(s: Sheet) -> None:
    pool = layer("nn.MaxPool2d", kernel_size=2, ceil_mode=True)
    flat = ("nn.Flatten", layer("nn.Linear", in_features=48, out_features=10))
    s.classify(s.line(s.input(3, 7, 7), pool, *flat), 10)


@CASES
def ceil_mode_in_mean_pools_without_the_pad(s: Sheet) -> None:
    pool = layer(
        "nn.AvgPool2d", kernel_size=3, stride=2, padding=1, ceil_mode=True, count_include_pad=False
    )
    scored(s, s.line(s.input(3, 6, 8), pool, layer("nn.Conv2d", out_channels=4, kernel_size=3)))


@CASES
def pools_that_overlap_and_are_dilated(s: Sheet) -> None:
    pool = layer("nn.MaxPool2d", kernel_size=3, stride=1, dilation=3, padding=1)
    scored(s, s.line(s.input(3, 8, 9), pool, layer("nn.Conv2d", out_channels=4, kernel_size=2)))


@CASES
def an_image_of_one_pixel(s: Sheet) -> None:
    conv = layer("nn.Conv2d", out_channels=6, kernel_size=3, padding=1)
    scored(s, s.line(s.input(3, 1, 1), conv, "nn.ReLU", layer("nn.MaxPool2d", kernel_size=1)))


@CASES
def a_norm_over_single_pixels_has_the_batch(s: Sheet) -> None:
    conv = layer("nn.Conv2d", out_channels=6, kernel_size=1, bias=False)
    scored(s, s.line(s.input(3, 1, 1), conv, "nn.BatchNorm2d", "nn.ReLU"))


@CASES
def an_adaptive_pool_makes_more_pixels_than_there_are(s: Sheet) -> None:
    grown = layer("nn.AdaptiveAvgPool2d", output_size=(7, None))
    s.classify(s.line(s.input(2, 3, 5), grown, "nn.Flatten", layer("nn.Linear", out_features=4)), 4)


@CASES
def indices_lead_back_from_a_pool(s: Sheet) -> None:
    conv = s.line(s.input(1, 9, 9), layer("nn.Conv2d", out_channels=4, kernel_size=2), "nn.ReLU")
    pool = s.put("nn.MaxPool2d", conv, kernel_size=2, return_indices=True)
    up = s.put("nn.MaxUnpool2d", pool, pool["indices"], kernel_size=2)
    scored(s, s.put("op.add", up, conv))


@CASES
def output_padding_gives_odd_sizes_back(s: Sheet) -> None:
    x = s.input(1, 15, 15)
    down = layer("nn.Conv2d", out_channels=4, kernel_size=3, stride=2, padding=1)
    up = layer("nn.ConvTranspose2d", out_channels=1, kernel_size=3, stride=2, padding=1)
    back = s.line(x, down, "nn.ReLU", up)
    s.regress(back, 1, 15, 15)


@CASES
def output_padding_gives_even_sizes_back(s: Sheet) -> None:
    down = layer("nn.Conv2d", out_channels=4, kernel_size=3, stride=2, padding=1)
    up = layer(
        "nn.ConvTranspose2d",
        out_channels=1, kernel_size=3, stride=2, padding=1, output_padding=1,
    )  # fmt: skip
    s.regress(s.line(s.input(1, 14, 14), down, "nn.ReLU", up), 1, 14, 14)


@CASES
def a_transposed_convolution_with_groups_and_dilation(s: Sheet) -> None:
    up = layer("nn.ConvTranspose2d", out_channels=6, kernel_size=3, groups=2, dilation=2)
    scored(s, s.line(s.input(4, 3, 3), up, "nn.LeakyReLU"))


@CASES
def pixels_are_shuffled_up_and_down(s: Sheet) -> None:
    up = (
        layer("nn.Conv2d", out_channels=18, kernel_size=1),
        layer("nn.PixelShuffle", upscale_factor=3),
    )
    down = layer("nn.PixelUnshuffle", downscale_factor=3)
    scored(s, s.line(s.input(2, 3, 5), *up, "nn.Tanh", down))


@CASES
def patches_are_unfolded_and_folded(s: Sheet) -> None:
    flat = s.put("nn.Unfold", s.input(2, 6, 8), kernel_size=(2, 4), stride=(2, 4))
    mixed = s.line(
        flat, layer("Tensor.transpose", dim0=1, dim1=2), layer("nn.Linear", out_features=16)
    )
    turned = s.put("Tensor.transpose", mixed, dim0=-2, dim1=-1)
    back = s.put("nn.Fold", turned, output_size=(6, 8), kernel_size=(2, 4), stride=(2, 4))
    scored(s, back)


def unet(s: Sheet, height: int, width: int, join: str) -> None:
    """Draw one step down and one up, with a way across."""
    x = s.input(1, height, width)
    conv = layer("nn.Conv2d", out_channels=4, kernel_size=3, padding=1)
    wide = s.line(x, conv, "nn.ReLU")
    deep = s.line(wide, layer("nn.MaxPool2d", kernel_size=2), conv, "nn.ReLU")
    if join == "interpolate":
        up = s.put(
            "F.interpolate", deep, size=(height, width), mode="bilinear", align_corners=False
        )
    else:
        up = s.put("nn.ConvTranspose2d", deep, out_channels=4, kernel_size=2, stride=2)
        even = (Slice(), Slice(), Slice(None, -1), Slice(None, -1))
        wide = s.put("op.getitem", wide, index=even)
    both = s.put("torch.cat", [wide, up], dim=1)
    s.regress(s.put("nn.Conv2d", both, out_channels=1, kernel_size=1), 1,
              *((height, width) if join == "interpolate" else (height - 1, width - 1)))  # fmt: skip


@CASES
def a_unet_of_odd_sizes_interpolates(s: Sheet) -> None:
    unet(s, 13, 11, "interpolate")


@CASES
def a_unet_of_odd_sizes_crops(s: Sheet) -> None:
    unet(s, 13, 11, "crop")


@CASES
def a_unet_labels_every_pixel(s: Sheet) -> None:
    conv = layer("nn.Conv2d", out_channels=5, kernel_size=3, padding=1)
    down = s.line(s.input(3, 9, 9), conv, "nn.ReLU")
    up = s.line(
        down,
        layer("nn.AvgPool2d", kernel_size=3),
        conv,
        "nn.ReLU",
        layer("nn.Upsample", scale_factor=3.0),
    )
    s.classify(
        s.put("nn.Conv2d", s.put("op.add", down, up), out_channels=5, kernel_size=1), 5, 9, 9
    )


@CASES
def bicubic_and_area_resizes(s: Sheet) -> None:
    x = s.input(2, 5, 7)
    cubic = s.put("F.interpolate", x, size=(11, 3), mode="bicubic", align_corners=True)
    area = s.put("F.interpolate", x, size=(11, 3), mode="area")
    near = s.put("nn.UpsamplingNearest2d", x, size=(11, 3))
    both = s.put("torch.cat", [cubic, area, near], dim=-3)
    scored(s, s.line(both, layer("nn.Conv2d", out_channels=4, kernel_size=3), "nn.ReLU"))


@CASES
def a_residual_with_a_projection(s: Sheet) -> None:
    x = s.input(3, 9, 9)
    conv = layer("nn.Conv2d", out_channels=8, kernel_size=3, stride=2, padding=1, bias=False)
    body = s.line(x, conv, "nn.BatchNorm2d", "nn.ReLU",
                  layer("nn.Conv2d", out_channels=8, kernel_size=3, padding=1, bias=False),
                  "nn.BatchNorm2d")  # fmt: skip
    side = s.line(
        x, layer("nn.Conv2d", out_channels=8, kernel_size=1, stride=2, bias=False), "nn.BatchNorm2d"
    )
    scored(s, s.line(s.put("op.add", body, side), layer("nn.ReLU", inplace=True)))


@CASES
def four_ways_side_by_side(s: Sheet) -> None:
    x = s.input(3, 8, 8)
    ways = [
        s.line(x, layer("nn.Conv2d", out_channels=2, kernel_size=1), "nn.ReLU"),
        s.line(x, layer("nn.Conv2d", out_channels=3, kernel_size=3, padding=1), "nn.ReLU"),
        s.line(x, layer("nn.Conv2d", out_channels=4, kernel_size=5, padding=2), "nn.ReLU"),
        s.put("nn.MaxPool2d", x, kernel_size=3, stride=1, padding=1),
    ]
    scored(s, s.put("torch.cat", ways, dim=1))


@CASES
def every_layer_sees_all_before_it(s: Sheet) -> None:
    seen = [s.input(2, 6, 6)]
    for _ in range(4):
        joined = s.put("torch.cat", list(seen), dim=1) if len(seen) > 1 else seen[0]
        seen.append(
            s.line(joined, layer("nn.Conv2d", out_channels=3, kernel_size=3, padding=1), "nn.ReLU")
        )
    scored(s, s.put("torch.cat", list(seen), dim=1))


@CASES
def channels_are_weighed_by_what_is_in_them(s: Sheet) -> None:
    x = s.line(s.input(3, 8, 8), layer("nn.Conv2d", out_channels=8, kernel_size=3), "nn.ReLU")
    squeeze = layer("nn.AdaptiveAvgPool2d", output_size=1)
    gate = s.line(x, squeeze, layer("nn.Conv2d", out_channels=2, kernel_size=1), "nn.ReLU",
                  layer("nn.Conv2d", out_channels=8, kernel_size=1), "nn.Sigmoid")  # fmt: skip
    scored(s, s.put("op.mul", x, gate))


@CASES
def signals_and_volumes(s: Sheet) -> None:
    line = s.line(
        s.input(2, 31), layer("nn.Conv1d", out_channels=4, kernel_size=5, dilation=3), "nn.ReLU",
        layer("nn.AdaptiveMaxPool1d", output_size=3), "nn.Flatten",
    )  # fmt: skip
    cube = s.line(
        s.input(1, 5, 6, 7), layer("nn.Conv3d", out_channels=4, kernel_size=(1, 2, 3)), "nn.ReLU",
        layer("nn.AvgPool3d", kernel_size=(1, 2, 2), ceil_mode=True),
        layer("nn.AdaptiveAvgPool3d", output_size=1), "nn.Flatten",
    )  # fmt: skip
    both = s.put("torch.cat", [line, cube], dim=1)
    s.classify(s.put("nn.Linear", both, out_features=6), 6)


@CASES
def norms_of_every_kind(s: Sheet) -> None:
    conv = layer("nn.Conv2d", out_channels=6, kernel_size=3)
    norms = [
        layer("nn.GroupNorm", num_groups=3, num_channels=6),
        layer("nn.LocalResponseNorm", size=3),
        layer("nn.LayerNorm", normalized_shape=(6, 4, 5)),
    ]
    scored(s, s.line(s.input(3, 6, 7), conv, *norms, "nn.ReLU"))


@CASES
def a_norm_of_each_image_alone(s: Sheet) -> None:
    conv = layer("nn.Conv2d", out_channels=6, kernel_size=3, bias=False)
    scored(s, s.line(s.input(3, 6, 7), conv, layer("nn.InstanceNorm2d", affine=True), "nn.ReLU"))


@CASES
def an_image_without_a_batch(s: Sheet) -> None:
    x = s.entry((3, 8, 8))
    conv = layer("nn.Conv2d", out_channels=4, kernel_size=3)
    s.out(s.line(x, conv, "nn.ReLU", layer("nn.MaxPool2d", kernel_size=2)))


@CASES
def images_of_any_size(s: Sheet) -> None:
    x = s.entry((B, 3, Expr("H"), Expr("W")))
    conv = layer("nn.Conv2d", out_channels=4, kernel_size=3, padding=1)
    s.out(s.line(x, conv, "nn.ReLU", conv, "nn.ReLU", *POOLED, layer("nn.Linear", out_features=2)))
