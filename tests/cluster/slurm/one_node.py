"""A Slurm of one node on this machine, in a temporary folder, as the current user: munged, slurmctld, slurmd."""
import ctypes
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import time

PROGRAMS = ('munged', 'slurmctld', 'slurmd', 'sbatch', 'squeue', 'sinfo', 'scancel')
PLACES = ('/usr/sbin', '/usr/local/sbin', '/sbin')
PR_SET_PDEATHSIG = 1


class CannotStart(Exception):
    """Why there can be no Slurm here."""


def find(program):
    path = os.environ.get('PATH', '') + os.pathsep + os.pathsep.join(PLACES)
    return shutil.which(program, path=path)


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def die_with_parent():
    """In a child before exec: no daemon outlives the test, even if that is killed."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


CONFIG = """\
ClusterName=medvlmtest
SlurmctldHost={host}(127.0.0.1)
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
SlurmctldPort={controller}
SlurmdPort={node}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=2,bf_interval=2
SlurmdParameters=config_overrides
ReturnToService=2
NodeName={host} NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=main Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""


class OneNode:
    """Use as a context; `environment` is what Slurm's clients need."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.processes = []
        self.environment = dict(os.environ, SLURM_CONF=str(self.folder / 'slurm.conf'))
        for name in [name for name in self.environment if name.startswith('SLURM_') and name != 'SLURM_CONF']:
            del self.environment[name]

    def __enter__(self):
        missing = [program for program in PROGRAMS if not find(program)]
        if missing:
            raise CannotStart('not installed: ' + ', '.join(missing) + ' (Debian: munge slurmctld slurmd slurm-client)')
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        for name in ('state', 'spool'):
            (self.folder / name).mkdir()
        key = self.folder / 'munge.key'
        key.touch(mode=0o600)
        key.write_bytes(os.urandom(128))
        config = CONFIG.format(host=socket.gethostname().split('.')[0], user=pwd.getpwuid(os.getuid()).pw_name,
                               folder=self.folder, controller=free_port(), node=free_port())
        (self.folder / 'slurm.conf').write_text(config)
        munge = self.folder / 'munge'
        self.launch('munged', '--foreground', '--force', f'--key-file={key}', f'--socket={munge}.socket',
                    f'--pid-file={munge}.pid', f'--seed-file={munge}.seed', f'--log-file={munge}.log')
        self.wait_for('munged', lambda: (self.folder / 'munge.socket').exists())
        self.launch('slurmctld', '-D', '-i')
        self.launch('slurmd', '-D')
        self.wait_for('the node', lambda: self.ask('sinfo', '--noheader', '--format=%T').strip() == 'idle')

    def launch(self, program, *arguments):
        log = open(self.folder / f'{program}.out', 'wb')
        self.processes.append(subprocess.Popen([find(program), *arguments], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                               env=self.environment, preexec_fn=die_with_parent))

    def wait_for(self, what, ready, seconds=40):
        end = time.monotonic() + seconds
        while not ready():
            dead = [process for process in self.processes if process.poll() is not None]
            if dead or time.monotonic() > end:
                raise CannotStart(f'{what} does not come up:\n{self.logs()}')
            time.sleep(0.2)

    def logs(self):
        texts = []
        for file in sorted(self.folder.glob('*.out')) + [self.folder / 'munge.log']:
            if file.exists():
                texts.append(f'{file.name}: ' + '\n'.join(file.read_text(errors='replace').splitlines()[-8:]))
        return '\n'.join(texts)

    def ask(self, program, *arguments):
        try:
            return subprocess.run([find(program), *arguments], env=self.environment, stdin=subprocess.DEVNULL, text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=20).stdout
        except subprocess.TimeoutExpired:
            return ''

    def stop(self):
        if len(self.processes) > 2:
            self.ask('scancel', '--user', str(os.getuid()))
            self.ask('scancel', '--user', str(os.getuid()), '--signal=KILL', '--full')
        for process in reversed(self.processes):
            process.terminate()
        for process in reversed(self.processes):
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.processes = []
