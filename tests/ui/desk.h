#pragma once

#include "common/englishplurals.h"
#include "common/noticebar.h"
#include "support/scriptedhouse.h"

#include <QAbstractButton>
#include <QLineEdit>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>

/// Hands and eyes of a clerk for tests of widgets, by object name.
namespace parterre::tests {

/// Settings of a test go into a folder of their own, and texts read as English.
inline void prepareDesk()
{
    static const QTemporaryDir folder;
    static ui::EnglishPlurals plurals;
    QCoreApplication::setOrganizationName(QStringLiteral("Parterre"));
    QCoreApplication::setApplicationName(QStringLiteral("tests"));
    QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, folder.path());
    QSettings().clear();
    QCoreApplication::installTranslator(&plurals);
    QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedKingdom));
}

/// Aborts the test program when there is none: a test that goes on would only crash later.
template <class Found>
Found *find(const QWidget &inside, const QString &name)
{
    auto *found = inside.findChild<Found *>(name);
    if (!found)
        qFatal("there is no %s", qPrintable(name));
    return found;
}

inline void click(const QWidget &inside, const QString &button)
{
    QTest::mouseClick(find<QAbstractButton>(inside, button), Qt::LeftButton);
}

inline void type(const QWidget &inside, const QString &field, const QString &text)
{
    auto *edit = find<QLineEdit>(inside, field);
    edit->setFocus();
    edit->selectAll();
    edit->del();
    for (const QChar character : text) {
        // QtTest has no keys beyond Latin-1; such letters come as an input method would bring them.
        if (character.unicode() < 128)
            QTest::keyClick(edit, character.toLatin1());
        else
            edit->insert(character);
    }
}

inline QString noticeText(const QWidget &inside, const QString &name)
{
    const auto *notice = find<ui::NoticeBar>(inside, name);
    return notice->isVisible() ? notice->text() : QString();
}

} // namespace parterre::tests
