# find_package(medvlm) inside medvlm's own build, where the targets are there already.
