// Manifests for tests, and what the tests look for in messages.
#pragma once

#include <string>

/// A valid manifest, with `options` (TOML) put before [build].
inline std::string manifest_text(const std::string& id = "clip", const std::string& kind = "model",
                                 const std::string& options = "") {
  return "manifest_version = 1\n\n[plugin]\nkind = \"" + kind + "\"\nid = \"" + id +
         "\"\nversion = \"1.0.0\"\nlicence = \"MIT\"\nsummary = \"A summary\"\n" + options +
         "\n[build]\nlibrary = \"plugin.so\"\nsha256 = \"" + std::string(64, 'a') +
         "\"\nstamp = \"medvlm-stamp:1;abi=1;sizes=1\"\n";
}

inline bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }
