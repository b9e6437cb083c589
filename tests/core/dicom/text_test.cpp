#include "core/dicom/text.h"
#include "core/dicom/walk.h"
#include "tests/support/test_data.h"

#include <catch2/catch.hpp>
#include <map>

using namespace spondyl;

TEST_CASE("names in every character set of the data become what pydicom makes of them") {
  SPONDYL_NEED_DATA(data);
  // From pydicom 3.0.2; the names are those of the standard's annexes H to K.
  const std::map<std::string, std::string> names{
      {"chrArab.dcm", "قباني^لنزار"},
      {"chrFren.dcm", "Buc^Jérôme"},
      {"chrGerm.dcm", "Äneas^Rüdiger"},
      {"chrGreek.dcm", "Διονυσιος"},
      {"chrH31.dcm", "Yamada^Tarou=山田^太郎=やまだ^たろう"},
      {"chrH32.dcm", "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう"},
      {"chrHbrw.dcm", "שרון^דבורה"},
      {"chrI2.dcm", "Hong^Gildong=洪^吉洞=홍^길동"},
      {"chrRuss.dcm", "Люкceмбypг"},
      {"chrX1.dcm", "Wang^XiaoDong=王^小東="},
      {"GH1301.dcm", "Wang^XiaoDong=王^小东="},
      {"chrGB2312.dcm", "Zhang^XiaoDong=张^小东="},
  };
  int read = 0;
  for (const auto& [file, expected] : names) {
    INFO(file);
    const auto header = dicom::walkDicom(data / "dicom_loader/charset" / file);
    REQUIRE(header);
    bool undecodable = false;
    CHECK(dicom::toUtf8(header->text(dicom::tag::PatientName), header->texts(dicom::tag::CharacterSet), true,
                        &undecodable) == expected);
    CHECK_FALSE(undecodable);
    ++read;
  }
  CHECK(read == 12);
}

TEST_CASE("text that is not of its declared set is still text, and said") {
  bool undecodable = false;
  CHECK(dicom::toUtf8("M\xFCller", {}, true, &undecodable) == "Müller"); // Latin-1 without a declaration
  CHECK(undecodable);
  undecodable = false;
  CHECK(dicom::toUtf8("Müller", {"ISO_IR 6"}, true, &undecodable) == "Müller"); // UTF-8 under ASCII
  CHECK(undecodable);
  CHECK(dicom::toUtf8("Muller", {"ISO_IR 999"}, true) == "Muller");
  CHECK(dicom::toUtf8("\xE5\xB1", {"ISO_IR 192"}, true) == "å±"); // cut UTF-8
}

TEST_CASE("control characters are taken out of text") {
  CHECK(dicom::toUtf8(std::string("A\0B\x07"
                                  "C",
                                  5),
                      {}, false) == "ABC");
}
