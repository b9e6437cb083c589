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

TEST_CASE("code points beyond Unicode are no text of their set") {
  // Found by fuzzing: iconv passed them on.
  bool undecodable = false;
  const std::string text = dicom::toUtf8("9\xF4\xAE\xA2\xA2", {"ISO_IR 192"}, true, &undecodable);
  CHECK(dicom::isUtf8(text));
  CHECK(undecodable);
}

TEST_CASE("control characters are taken out of text") {
  CHECK(dicom::toUtf8(std::string("A\0B\x07"
                                  "C",
                                  5),
                      {}, false) == "ABC");
}

TEST_CASE("the names of the standard's annexes H to K become UTF-8, byte for byte") {
  struct Example {
    const char* annex;
    std::vector<std::string> sets;
    std::string bytes, expected;
  };
  const Example examples[] = {
      {"H.3.1",
       {"", "ISO 2022 IR 87"},
       "Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B",
       "Yamada^Tarou=山田^太郎=やまだ^たろう"},
      {"H.3.2",
       {"ISO 2022 IR 13", "ISO 2022 IR 87"},
       "\xd4\xcf\xc0\xde^\xc0\xdb\xb3=\x1b$B;3ED\x1b(J^\x1b$BB@O:\x1b(J=\x1b$B$d$^$@\x1b(J^\x1b$B$?$m$&\x1b("
       "J",
       "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう"},
      {"JIS X 0201 alone", {"ISO_IR 13"}, "\xd4\xcf\xc0\xde^\xc0\xdb\xb3", "ﾔﾏﾀﾞ^ﾀﾛｳ"},
      {"JIS X 0212", {"", "ISO 2022 IR 87", "ISO 2022 IR 159"}, "A^\x1b$(D0!\x1b(B", "A^丂"},
      {"I.2",
       {"", "ISO 2022 IR 149"},
       "Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7=\x1b$)C\xc8\xab^\x1b$)C\xb1\xe6\xb5\xbf",
       "Hong^Gildong=洪^吉洞=홍^길동"},
      {"J.1", {"ISO_IR 192"}, "Wang^XiaoDong=王^小東=", "Wang^XiaoDong=王^小東="},
      {"J.2", {"GB18030"}, "Wang^XiaoDong=\xcd\xf5^\xd0\xa1\xb6\xab=", "Wang^XiaoDong=王^小东="},
      {"J.3", {"GBK"}, "Wang^XiaoDong=\xcd\xf5^\xd0\xa1\xb6\xab=", "Wang^XiaoDong=王^小东="},
      {"GB18030, four bytes and a second byte that looks like '^'",
       {"GB18030"},
       "\x81\x5e^\x95\x32\x82\x36",
       "乛^𠀀"},
      {"K.2",
       {"", "ISO 2022 IR 58"},
       "Zhang^XiaoDong=\x1b$)A\xd5\xc5^\x1b$)A\xd0\xa1\xb6\xab=",
       "Zhang^XiaoDong=张^小东="},
      {"Greek beside Latin 1",
       {"ISO 2022 IR 100", "ISO 2022 IR 126"},
       "J\xe9r\xf4me=\x1b-F\xc4\xe9\xef\xed\xf5\xf3\xe9\xef\xf2",
       "Jérôme=Διονυσιος"}};
  for (const Example& e : examples) {
    INFO(e.annex);
    bool undecodable = false;
    CHECK(dicom::toUtf8(e.bytes, e.sets, true, &undecodable) == e.expected);
    CHECK_FALSE(undecodable);
  }
}

TEST_CASE("lines of text begin anew in the first character set, each with its escape sequences") {
  const std::string korean = "\x1b$)CThe 1st line includes \xb1\xe6\xb5\xbf.\r\n\x1b$)CThe 2nd line includes "
                             "\xb1\xe6\xb5\xbf, too.\r\n";
  CHECK(dicom::toUtf8(korean, {"", "ISO 2022 IR 149"}, false) ==
        "The 1st line includes 길동.\r\nThe 2nd line includes 길동, too.\r\n");
  const std::string chinese = "1. \x1b$)A\xb5\xda\xd2\xbb\xd0\xd0\xce\xc4\xd7\xd6\xa1\xa3\r\n2. plain\r\n";
  CHECK(dicom::toUtf8(chinese, {"", "ISO 2022 IR 58"}, false) == "1. 第一行文字。\r\n2. plain\r\n");
}
