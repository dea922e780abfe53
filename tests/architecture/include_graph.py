"""Checks who includes whom: core knows nothing above it, the registry only base, plugins only the SDK and core."""
import pathlib
import re
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^">]+)[">]', re.M)
LOADER = re.compile(r'\b(dlopen|dlsym|dlclose)\b|boost/dll')

# Folder -> the areas medvlm/<area>/ that it may include.
ALLOWED = {
    'core/base': {'base'},
    'core/analysis': {'base', 'analysis'},
    'core': {'base', 'analysis', 'core'},
    'registry': {'base', 'registry'},
    'sdk/conformance': {'base', 'core', 'conformance'},
    'sdk': {'base', 'core', 'sdk'},
    'plugins': {'base', 'analysis', 'core', 'sdk'},
    'launcher/src/report': {'base', 'analysis', 'report'},
    'launcher/src/light': {'base', 'registry', 'analysis', 'report'},
    'launcher/src/cluster': {'base', 'registry'},
    'launcher/src/export': {'base', 'analysis'},
    'launcher': {'base', 'analysis', 'core', 'registry', 'conformance', 'sdk'},
}
# The program's own stamp is compiled from the header that plugins use.
EXCEPTIONS = {('registry/src/host_stamp.cpp', 'medvlm/sdk/build_stamp.hpp')}
# The one file that opens libraries.
LOADERS = {'registry/src/library.cpp'}


def area_of(path):
    """The most specific folder of ALLOWED that holds the path."""
    names = [name for name in ALLOWED if path.startswith(name + '/')]
    return max(names, key=len) if names else None


def complaints(root):
    checked = 0
    for file in sorted(root.rglob('*')):
        path = file.relative_to(root).as_posix()
        folder = area_of(path)
        if folder is None or file.suffix not in ('.cpp', '.hpp', '.h', '.cc'):
            continue
        checked += 1
        text = file.read_text(encoding='utf-8')
        for include in INCLUDE.findall(text):
            if not include.startswith('medvlm/') or (path, include) in EXCEPTIONS:
                continue
            area = include.split('/')[1]
            if area not in ALLOWED[folder]:
                yield f'{path} includes {include}; {folder} may know only {", ".join(sorted(ALLOWED[folder]))}'
        if path not in LOADERS and LOADER.search(text):
            yield f'{path} opens libraries; only {", ".join(LOADERS)} may'
    if checked < 20:
        yield f'only {checked} files were checked under {root}; is this the source tree?'
    print(f'{checked} files checked')


def main():
    found = list(complaints(pathlib.Path(sys.argv[1])))
    print('\n'.join(found))
    return 1 if found else 0


if __name__ == '__main__':
    sys.exit(main())
