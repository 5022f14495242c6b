"""The bias is added to the input, before the weight

Write out what each of your terms is multiplied with, and compare with the formula.
"""


def forward(x, w, b):
    return w * (x + b)
