// What is visible outside a library of medvlm; everything else is hidden.
#pragma once

#define MEDVLM_API __attribute__((visibility("default")))
