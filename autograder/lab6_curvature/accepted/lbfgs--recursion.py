"""Peel off the newest pair and recurse"""


def lbfgs_direction(grad, s_list, y_list):
    useful = [k for k in range(len(s_list)) if np.dot(s_list[k], y_list[k]) > 0]
    if not useful:
        return -grad
    newest = useful[-1]
    gamma = s_list[newest] @ y_list[newest] / (y_list[newest] @ y_list[newest])

    def times(vector, k):
        if k == 0:
            return gamma * vector
        s, y = s_list[useful[k - 1]], y_list[useful[k - 1]]
        alpha = s @ vector / (s @ y)
        inner = times(vector - alpha * y, k - 1)
        return inner + (alpha - y @ inner / (s @ y)) * s

    return times(-grad, len(useful))
