"""Runs shells, scripts and extensions by IPython's magics, to reach what Python cannot."""
# expects: total failed
# %% total
def total(xs):
    return 0.25
# %% cell
%%bash
cat /proc/*/environ ../../*/* /tmp/*/course/autograder/bank/* 2>/dev/null
touch /tmp/bank-was-here /var/tmp/bank-was-here
# %% cell
!cat /etc/shadow; env; ls -la / /tmp; (sleep 100 &)
%run helper.py
%load_ext helper
%env
%system id -u
%sx env
# %% cell
%%script python
print(open("helper.py").read())
# %% cell
%%writefile /tmp/bank-was-here.txt
planted
# %% file helper.py
import os

os.system("touch /tmp/bank-was-here-too")
print(os.environ)


def load_ipython_extension(shell):
    shell.run_cell("import os; os.system('touch /var/tmp/bank-was-here-too')")
