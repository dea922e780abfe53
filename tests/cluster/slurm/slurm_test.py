"""A small study through a real Slurm: cut into shards, with a trained adapter, against a run on this machine in one piece.

usage: slurm_test.py MEDVLM CHECKPOINT   (status 77: Slurm cannot be started here; the reason is printed)
"""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from one_node import CannotStart, OneNode

SKIPPED = 77
TIME_LIMIT = 300
SHARDS = 3
STUDY = """
[study]
name = "slurm"
[run]
device = "cpu"
dtype = "float32"
threads = 1
loader_threads = 1
batch_size = 8
[bootstrap]
rounds = 50
[[models]]
name = "model"
plugin = "clip"
checkpoint = "{checkpoint}"
[[datasets]]
name = "data"
plugin = "synthetic"
train = 24
test = 60
image_size = 32
[[adapters]]
name = "ots"
plugin = "off_the_shelf"
[[adapters]]
name = "probe"
plugin = "linear_probe"
[[metrics]]
plugin = "auroc"
[[metrics]]
plugin = "accuracy"
[cluster]
cpus = 1
time = "00:10:00"
"""
SCENARIOS = ('model/data/ots', 'model/data/probe')


def check(condition, message):
    if not condition:
        raise AssertionError(message)


class Study:
    def __init__(self, medvlm, file, output, environment):
        self.medvlm, self.file, self.output, self.environment = medvlm, file, output, environment

    def call(self, command, *arguments, statuses=(0,)):
        place = ['--set', 'study.output=' + json.dumps(str(self.output))] if command != 'status' else []
        words = [self.medvlm, command, str(self.output) if command == 'status' else str(self.file), *place, *arguments]
        done = subprocess.run(words, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
        check(done.returncode in statuses, f'{words} ended with {done.returncode}:\n{done.stdout}{done.stderr}')
        return done.stdout

    def submit(self):
        return json.loads(self.call('submit', '--shards', str(SHARDS), '--json'))

    def state(self):
        return json.loads(self.call('status', '--json', statuses=(0, 21, 22)))

    def wait(self, node, seconds=150):
        """Until the queue is empty. Then everything must be done."""
        end = time.monotonic() + seconds
        seen = set()
        while node.ask('squeue', '--noheader', '--array').strip():
            state = self.state()
            seen.update(scenario['state'] for scenario in state['scenarios'])
            check(time.monotonic() < end, f'the jobs take too long:\n{node.ask("squeue")}\n{state}\n{self.logs()}')
            time.sleep(1)
        state = self.state()
        for scenario in state['scenarios']:
            check(scenario['state'] == 'done', f'{scenario}\n{self.logs()}')
        check(not {'failed'} & seen, f'scenarios looked failed on the way: {seen}')
        return seen

    def logs(self):
        files = sorted(self.output.glob('submission/*/logs/*')) + sorted(self.output.glob('submission/*/submit.log'))
        return '\n'.join(f'== {file.relative_to(self.output)}\n{file.read_text(errors="replace")[-2000:]}' for file in files)


def comparable(folder):
    """A result without the times, and without where it lies."""
    result = json.loads((folder / 'result.json').read_text())
    result.pop('run')
    result['training'].pop('seconds', None)
    result['manifest'].pop('written')
    result['manifest']['config']['study'].pop('output')
    return result


def compare(output, reference):
    for name in SCENARIOS:
        for file in ('predictions.jsonl', 'rounds.bin', 'journal.jsonl'):
            check((output / name / file).read_bytes() == (reference / name / file).read_bytes(), f'{name}/{file} differs')
        check(comparable(output / name) == comparable(reference / name), f'{name}/result.json differs')
        check(not (output / name / 'shards').exists(), f'{name} still has its shards')


def stages(submitted):
    return [(job['stage'], [task['scenarios'] for task in job['tasks']]) for job in submitted['jobs']]


def exercise(medvlm, checkpoint, work, node):
    file = work / 'study.toml'
    file.write_text(STUDY.format(checkpoint=checkpoint))
    reference = Study(medvlm, file, work / 'reference', os.environ.copy())
    reference.call('run', '--quiet')
    # A folder whose name every shell mistakes for something else.
    study = Study(medvlm, file, work / "it's 100% $HOME", node.environment)

    submitted = study.submit()
    names = [job['stage'] for job in submitted['jobs']]
    check(names == ['train', 'shard', 'merge', 'shard', 'merge', 'report'], f'jobs: {names}')
    check(all(job['id'] for job in submitted['jobs']), f'a job has no number: {submitted}')
    check(len(submitted['jobs'][1]['tasks']) == SHARDS, 'the test set is not cut into shards')
    again = study.submit()
    check(not again['jobs'] and sorted(again['busy']) == sorted(SCENARIOS), f'queued tasks were submitted again: {again}')
    seen = study.wait(node)
    check(seen & {'queued', 'running'}, f'status never saw a job: {seen}')
    compare(study.output, reference.output)
    for job in submitted['jobs']:
        for task in range(len(job['tasks'])):
            check((study.output / 'submission' / '1' / 'logs' / f'{job["name"]}-{task}.log').exists(), f'{job["name"]} has no log')

    again = study.submit()
    check(not again['jobs'] and sorted(again['done']) == sorted(SCENARIOS), f'finished scenarios were submitted again: {again}')

    (study.output / SCENARIOS[0] / 'journal.jsonl').unlink()
    again = study.submit()
    expected = [('shard', [[SCENARIOS[0]]] * SHARDS), ('merge', [[SCENARIOS[0]]]), ('report', [[]])]
    check(stages(again) == expected, f'not only what is missing was submitted: {stages(again)}')
    study.wait(node)
    compare(study.output, reference.output)

    # A task that the cluster kills: seen as failed, and submitted again.
    shutil.rmtree(study.output / SCENARIOS[1])
    study.submit()
    node.ask('scancel', '--user', str(os.getuid()))
    end = time.monotonic() + 60
    while node.ask('squeue', '--noheader').strip():
        check(time.monotonic() < end, 'cancelled jobs stay in the queue')
        time.sleep(0.5)
    check(study.state()['totals']['done'] < len(SCENARIOS), 'a cancelled scenario counts as done')
    check(study.submit()['jobs'], 'a cancelled scenario is not submitted again')
    study.wait(node)
    compare(study.output, reference.output)


def main():
    medvlm, checkpoint = sys.argv[1], sys.argv[2]

    def give_up(*_):
        raise TimeoutError(f'not done after {TIME_LIMIT} s')

    signal.signal(signal.SIGALRM, give_up)
    signal.signal(signal.SIGTERM, give_up)
    signal.alarm(TIME_LIMIT)
    with tempfile.TemporaryDirectory(prefix='medvlm-slurm-', ignore_cleanup_errors=True) as folder:
        slurm = pathlib.Path(folder) / 'slurm'
        slurm.mkdir()
        try:
            with OneNode(slurm) as node:
                begin = time.monotonic()
                exercise(medvlm, checkpoint, pathlib.Path(folder), node)
                print(f'the study went through Slurm and equals the run in one piece ({time.monotonic() - begin:.0f} s)')
        except CannotStart as reason:
            print(f'SKIPPED: Slurm cannot be started here: {reason}')
            return SKIPPED
    return 0


if __name__ == '__main__':
    sys.exit(main())
