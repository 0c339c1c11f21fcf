#include "domain/giftcards/giftcardcode.h"

#include "base/assert.h"

namespace parterre {

using namespace Qt::StringLiterals;

namespace {

/// As tokens::readableCode() has them: none that can be mistaken for another.
constexpr QStringView alphabet = u"abcdefghjkmnpqrstuvwxyz23456789";
constexpr int modulus = static_cast<int>(alphabet.size());
static_assert(modulus == 31, "the check needs a prime");
static_assert(limits::giftCardCodeCharacters < modulus, "each place needs a weight of its own");

/// The sum of the first `count` characters, or nothing where one is not of the alphabet.
std::optional<int> weightedSum(const QString &code, qsizetype count)
{
    int sum = 0;
    for (qsizetype i = 0; i < count; ++i) {
        const auto value = alphabet.indexOf(code.at(i));
        if (value < 0)
            return std::nullopt;
        sum = (sum + (static_cast<int>(i) + 1) * static_cast<int>(value)) % modulus;
    }
    return sum;
}

} // namespace

QString giftCardCode(const QString &random)
{
    PT_ASSERT(random.size() == limits::giftCardCodeCharacters - 1, "a code has one character more than is random");
    const auto sum = weightedSum(random, random.size());
    PT_ASSERT(sum.has_value(), "codes are made of letters and digits that cannot be mistaken");
    for (const QChar check : alphabet) {
        if (weightedSum(random + check, limits::giftCardCodeCharacters) == 0)
            return random + check;
    }
    PT_ASSERT(false, "modulo a prime every weight has an inverse");
    return {};
}

QString giftCardCodeText(const QString &code)
{
    constexpr int groupCharacters = 4;
    QString text;
    for (qsizetype i = 0; i < code.size(); i += groupCharacters)
        text += (i > 0 ? u"-"_s : QString()) + code.mid(i, groupCharacters).toUpper();
    return text;
}

Result<QString> readGiftCardCode(const QString &typed, const QString &field)
{
    QString code;
    for (const QChar c : typed) {
        if (!c.isSpace() && c != u'-')
            code += c.toLower();
    }
    if (code.size() != limits::giftCardCodeCharacters) {
        return refuse(ErrorCode::InvalidInput,
                      u"The code of a gift card has %1 letters and digits, such as K7PM-3XQT-9BCD-EFGH; this has %2."_s
                          .arg(limits::giftCardCodeCharacters)
                          .arg(code.size()),
                      field);
    }
    if (weightedSum(code, code.size()) != 0)
        return refuse(ErrorCode::InvalidInput,
                      u"This is no code of a gift card: a character is wrong, or two were swapped. Type it again."_s,
                      field);
    return code;
}

QString lastCharactersOf(const QString &code)
{
    return code.right(limits::giftCardCharactersShown).toUpper();
}

} // namespace parterre
