"""Weight and bias have changed places

Which of the two is the slope of the line?
"""


def forward(x, w, b):
    return b * x + w
