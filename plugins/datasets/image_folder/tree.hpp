// The folders and image files below a root.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "medvlm/core/data.hpp"

namespace medvlm::image_folder {

/// The names of the folders in a folder in byte order; hidden ones and what archives leave behind (__MACOSX) do not
/// count. Throws Error(data) if the folder cannot be listed.
std::vector<std::string> folder_names(const std::filesystem::path& folder);

/// A split and the folder that holds its class folders.
struct SplitFolder {
  Split split = Split::test;
  std::filesystem::path folder;
};

/// Where the images of a root lie.
struct Tree {
  std::filesystem::path root;
  std::vector<SplitFolder> splits;   ///< empty: class folders lie in the root itself
  std::vector<std::string> classes;  ///< names of the class folders of all splits, in byte order
};

/// `layout` is "auto", "splits" or "classes". Lists folders only. Throws Error(data) for a root without folders, one that
/// mixes splits and other folders, two folders for one split, and fewer than two classes.
Tree find_tree(const std::filesystem::path& root, const std::string& layout);

/// The image files (by their extension: .jpg .jpeg .jpe .png .bmp .tif .tiff .webp .dcm .dicom, in any case) below a
/// folder at any depth, as paths relative to `root` in byte order. Hidden files do not count. A missing folder has none.
/// Throws Error(data) for a name that is not UTF-8.
std::vector<std::string> image_files(const std::filesystem::path& folder, const std::filesystem::path& root);

}  // namespace medvlm::image_folder
