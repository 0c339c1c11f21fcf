#pragma once

#include <QTranslator>

namespace parterre::ui {

/// The sources say `%n place(s)`; this says `1 place` and `2 places`. A translation into another language, which is
/// installed after it, comes first.
class EnglishPlurals : public QTranslator
{
    Q_OBJECT

public:
    using QTranslator::QTranslator;

    [[nodiscard]] bool isEmpty() const override { return false; }
    [[nodiscard]] QString translate(const char *context, const char *source, const char *disambiguation,
                                    int count) const override;
};

} // namespace parterre::ui
