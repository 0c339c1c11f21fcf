#include "domain/layout/plancolors.h"

#include <QHash>
#include <QRegularExpression>

#include <algorithm>

namespace parterre {

using namespace Qt::StringLiterals;

namespace {

/// The names of CSS Color 4 that seating plans are seen to use. QColor knows all of them but lives in Qt Gui, which
/// the domain does not link.
const QHash<QString, QString> &namedColors()
{
    static const QHash<QString, QString> colors{
        {u"black"_s, u"#000000"_s},     {u"white"_s, u"#FFFFFF"_s},     {u"red"_s, u"#FF0000"_s},
        {u"green"_s, u"#008000"_s},     {u"blue"_s, u"#0000FF"_s},      {u"yellow"_s, u"#FFFF00"_s},
        {u"orange"_s, u"#FFA500"_s},    {u"purple"_s, u"#800080"_s},    {u"pink"_s, u"#FFC0CB"_s},
        {u"brown"_s, u"#A52A2A"_s},     {u"gray"_s, u"#808080"_s},      {u"grey"_s, u"#808080"_s},
        {u"silver"_s, u"#C0C0C0"_s},    {u"maroon"_s, u"#800000"_s},    {u"olive"_s, u"#808000"_s},
        {u"lime"_s, u"#00FF00"_s},      {u"aqua"_s, u"#00FFFF"_s},      {u"cyan"_s, u"#00FFFF"_s},
        {u"teal"_s, u"#008080"_s},      {u"navy"_s, u"#000080"_s},      {u"fuchsia"_s, u"#FF00FF"_s},
        {u"magenta"_s, u"#FF00FF"_s},   {u"gold"_s, u"#FFD700"_s},      {u"indigo"_s, u"#4B0082"_s},
        {u"violet"_s, u"#EE82EE"_s},    {u"coral"_s, u"#FF7F50"_s},     {u"salmon"_s, u"#FA8072"_s},
        {u"tomato"_s, u"#FF6347"_s},    {u"crimson"_s, u"#DC143C"_s},   {u"khaki"_s, u"#F0E68C"_s},
        {u"beige"_s, u"#F5F5DC"_s},     {u"turquoise"_s, u"#40E0D0"_s}, {u"tan"_s, u"#D2B48C"_s},
        {u"orchid"_s, u"#DA70D6"_s},    {u"plum"_s, u"#DDA0DD"_s},      {u"lightgray"_s, u"#D3D3D3"_s},
        {u"lightgrey"_s, u"#D3D3D3"_s}, {u"darkgray"_s, u"#A9A9A9"_s},  {u"darkgrey"_s, u"#A9A9A9"_s},
        {u"lightblue"_s, u"#ADD8E6"_s}, {u"darkblue"_s, u"#00008B"_s},  {u"lightgreen"_s, u"#90EE90"_s},
        {u"darkgreen"_s, u"#006400"_s}, {u"darkred"_s, u"#8B0000"_s},   {u"steelblue"_s, u"#4682B4"_s},
        {u"skyblue"_s, u"#87CEEB"_s},   {u"royalblue"_s, u"#4169E1"_s}, {u"transparent"_s, QString()},
        {u"none"_s, QString()},         {QString(), QString()}};
    return colors;
}

} // namespace

std::optional<QString> planColor(const QString &text)
{
    const QString color = text.trimmed();
    static const QRegularExpression hex(u"\\A#([0-9A-Fa-f]{3}|[0-9A-Fa-f]{6}|[0-9A-Fa-f]{8})\\z"_s);
    if (hex.match(color).hasMatch()) {
        if (color.size() != 4)
            return color.left(7);
        QString full = u"#"_s;
        for (int i = 1; i < 4; ++i)
            full += QString(2, color.at(i));
        return full;
    }
    static const QRegularExpression rgb(
        u"\\Argba?\\(\\s*(\\d{1,3})[\\s,]+(\\d{1,3})[\\s,]+(\\d{1,3})\\s*(?:[,/][^)]{0,12})?\\)\\z"_s,
        QRegularExpression::CaseInsensitiveOption);
    if (const auto match = rgb.match(color); match.hasMatch()) {
        QString full = u"#"_s;
        for (int i = 1; i <= 3; ++i)
            full += u"%1"_s.arg(std::min(match.captured(i).toInt(), 255), 2, 16, QChar(u'0')).toUpper();
        return full;
    }
    const auto named = namedColors().constFind(color.toLower());
    return named == namedColors().constEnd() ? std::nullopt : std::optional(named.value());
}

} // namespace parterre
