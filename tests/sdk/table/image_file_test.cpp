#include <doctest/doctest.h>

#include "medvlm/sdk/table/image_file.hpp"
#include "scratch_folder.hpp"

using namespace medvlm;
using namespace medvlm::sdk;
using medvlm::test::contains;
using medvlm::test::error_of;

TEST_CASE("an image file is read from the first folder that has it") {
  const test::ScratchFolder folder;
  const auto second = folder.write("b/x.png", "bytes");
  const std::filesystem::path candidates[] = {folder.path() / "a/x.png", second};
  const EncodedImage encoded = read_image_file(candidates);
  CHECK(encoded.decoder == "file");
  CHECK(encoded.bytes == "bytes");
  CHECK(encoded.origin == second.string());
}

TEST_CASE("a missing image names every place that was tried") {
  const std::filesystem::path candidates[] = {"/nowhere/a.jpg", "/nowhere/b.jpg"};
  const std::string error = error_of([&] { read_image_file(candidates); });
  CHECK(contains(error, "data: /nowhere/a.jpg, /nowhere/b.jpg: the image file does not exist"));
}

TEST_CASE("a folder is not an image") {
  const test::ScratchFolder folder;
  CHECK(contains(error_of([&] { read_image_file(folder.path()); }), "does not exist"));
}

TEST_CASE("an empty image file is refused") {
  const test::ScratchFolder folder;
  const auto file = folder.write("x.png", "");
  CHECK(contains(error_of([&] { read_image_file(file); }), "the image file is empty"));
}

TEST_CASE("bytes of another decoder are refused") {
  CHECK(contains(error_of([] { decode_stored_image({"recipe", "x", "there"}); }), "there: made for decoder 'recipe'"));
}

TEST_CASE("damaged bytes are an error that names the file") {
  const std::string error = error_of([] { decode_stored_image({"file", "no image", "/data/x.png"}); });
  CHECK(contains(error, "data: "));
  CHECK(contains(error, "/data/x.png"));
}
